"""Figures of things in a hand in made-up episodes whose values are known beforehand."""

import math
import os

import numpy as np
import pytest
from episode_records import record, value
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.quantities.objects import turned_about_vertical

FOUND = Resources.from_environment(os.environ)
HAND = load_robot(FOUND.robot("allegro_right"), FOUND)
angles = st.floats(-3.0, 3.0)


def thing(height=0.3, roll=0.0, yaw=0.0):
    """A thing whose height, roll and yaw are numbers or functions of the tick; the record has 301 of them."""

    def at(what, tick):
        return what(tick) if callable(what) else what

    rows = []
    for tick in range(301):
        turn = Rotation.from_euler("xyz", (at(roll, tick), 0.0, at(yaw, tick))).as_quat(scalar_first=True)
        rows.append((0.1, 0.2, at(height, tick), *turn))
    return {"can": np.array(rows)}


def test_what_is_lifted_counts_from_where_it_stood() -> None:
    way = record(moved=thing(height=lambda tick: 0.3 + 0.12 * (tick > 100)))
    assert value("end_risen", way, "can").min() == pytest.approx(0.12)
    dropped = record(moved=thing(height=lambda tick: 0.3 + 0.12 * (100 < tick < 290)))
    assert value("end_risen", dropped, "can").min() == pytest.approx(0.0)


def test_a_thing_that_stands_or_is_only_turned_has_not_toppled() -> None:
    assert value("end_toppled", record(moved=thing(yaw=2.0)), "can").max() == pytest.approx(0.0, abs=1e-6)
    assert value("end_toppled", record(moved=thing(roll=0.4)), "can").max() == pytest.approx(0.4)


def test_turns_go_on_beyond_half_a_turn() -> None:
    way = record(moved=thing(yaw=lambda tick: 8.0 * min(tick / 200, 1.0)))
    assert value("end_turn_error", way, "can", "8.0").max() == pytest.approx(0.0, abs=1e-6)
    asked = record(moved=thing(yaw=lambda tick: -1.0 * (tick > 9)), arguments={"target": "can", "angle": -1.2})
    assert value("end_turn_error", asked).max() == pytest.approx(0.2)


@settings(max_examples=40, deadline=None)
@given(first=st.tuples(angles, angles, angles), steps=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=8))
def test_a_turn_about_the_vertical_is_the_same_however_a_thing_lies(first, steps) -> None:
    begin = Rotation.from_euler("xyz", first)
    way = [Rotation.from_euler("z", angle) * begin for angle in (0.0, *np.cumsum(steps))]
    attitudes = np.array([one.as_quat(scalar_first=True) for one in way])
    assert turned_about_vertical(attitudes)[-1] == pytest.approx(sum(steps), abs=1e-6)


def test_joints_add_up_and_a_hand_that_left_is_away() -> None:
    joints = np.zeros((301, HAND.size))
    joints[:, HAND.indices(["joint_1.0", "joint_2.0"])] = (0.5, 0.25)
    links = {"palm_link": np.tile((0.1, 0.2, 0.5), (301, 1))}
    way = record(robot=HAND, joints=joints, moved=thing(), links=links.__getitem__)
    assert value("end_bend", way, "joint_1.0", "joint_2.0").max() == pytest.approx(0.75)
    assert value("end_away", way, "can", "palm_link").min() == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("quantity", "parameters", "said"),
    [
        ("end_risen", ("jar",), "jar"),
        ("end_turn_error", ("can",), "by how much"),
        ("end_away", ("can",), "which thing and link"),
        ("end_bend", (), "which joints"),
    ],
)
def test_what_is_asked_wrongly_is_said(quantity, parameters, said) -> None:
    with pytest.raises((DataError, UnknownName), match=said):
        value(quantity, record(moved=thing()), *parameters)


def test_a_simulator_that_tells_nothing_of_things_is_no_success() -> None:
    with pytest.raises(DataError, match="did not tell"):
        value("end_risen", record(), "can")
    assert math.isfinite(value("end_risen", record(moved=thing()), "can").max())


def rolling(ahead, left=0.0):
    """A ball that rolls straight on from the robot's begin, each a number or a function of the tick."""
    rows = [(at(ahead, tick), at(left, tick), 0.15, 1.0, 0.0, 0.0, 0.0) for tick in range(301)]
    return {"ball": np.array(rows)}


def at(what, tick):
    return what(tick) if callable(what) else what


def test_a_ball_counts_from_the_front_of_the_robot() -> None:
    kept = record(moved=rolling(1.0, 0.3))
    front = kept.robot.footprint.front
    assert value("end_from_front", kept, "ball").max() == pytest.approx(math.hypot(1.0 - front, 0.3))


def test_way_speed_and_nearest_place_of_a_ball() -> None:
    way = record(moved=rolling(lambda tick: 1.0 + 0.01 * tick))
    assert value("object_ahead", way, "ball") == pytest.approx(3.0)
    assert value("end_object_speed", way, "ball").max() == pytest.approx(0.01 / (way.time[1] - way.time[0]))
    assert value("end_object_speed", record(moved=rolling(1.0)), "ball").max() == pytest.approx(0.0)
    with pytest.raises(DataError, match="is not an object and a place"):
        value("object_passed", way, "ball")


def test_a_ball_is_in_a_mouth_when_it_goes_through_from_the_front() -> None:
    mouth = SceneObject("goal", "place", (2.0, 0.0, 0.0), 0.0, "point", (0.0, 1.0, 0.0))
    way = record(moved=rolling(lambda tick: 1.0 + 0.01 * tick, 0.4), things={"goal": mouth})
    assert value("object_entered", way, "ball", "goal") == pytest.approx(0.4)
    assert value("object_entered_after", way, "ball", "goal") == pytest.approx(way.time[100] - way.time[0])
    wide = record(moved=rolling(lambda tick: 1.0 + 0.01 * tick, 0.6), things={"goal": mouth})
    assert value("object_entered", wide, "ball", "goal") == pytest.approx(0.6)
    assert value("object_entered_after", wide, "ball", "goal") == math.inf
    back = record(moved=rolling(lambda tick: 3.0 - 0.01 * tick), things={"goal": mouth})
    assert value("object_entered", back, "ball", "goal") == math.inf
