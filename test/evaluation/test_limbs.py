"""Figures of arms and trunk in made-up episodes whose values are known beforehand."""

import math
import os

import numpy as np
import pytest
from episode_records import record, value

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot

G1 = load_robot(Resources.from_environment(os.environ).robot("g1"))
WRIST, SHOULDER = "side_wrist_yaw_link", "side_shoulder_roll_link"


def links(**ways):
    """Positions of links, each a point or a function of the tick."""

    def way(name):
        points = ways[name]
        return np.array([points(tick) if callable(points) else points for tick in range(301)], dtype=float)

    return way


def test_a_hand_that_is_where_it_was_asked_to_be_is_not_off_whatever_the_heading():
    asked = {"side": "left", "x": 0.3, "y": 0.1, "z": 1.0}
    there = (1.0 - 0.1, 0.0 + 0.3, 1.0)
    way = record(x=1.0, z=0.75, yaw=math.pi / 2, arguments=asked, links=links(left_wrist_yaw_link=there))
    assert value("reach_error", way, WRIST) == pytest.approx([0.0], abs=1e-9)
    off = record(x=1.0, z=0.75, yaw=0.0, arguments=asked, links=links(left_wrist_yaw_link=there))
    assert value("reach_error", off, WRIST)[0] > 0.3


def test_pointing_takes_the_better_arm_unless_one_was_asked_for():
    at = {
        "left_shoulder_roll_link": (0.0, 0.0, 0.1), "left_wrist_yaw_link": (0.3, 0.0, 0.1),
        "right_shoulder_roll_link": (0.0, -0.2, 0.1), "right_wrist_yaw_link": (0.0, -0.2, -0.2),
    }  # fmt: skip
    way = record(arguments={"target": "ball"}, links=links(**at))
    assert value("pointing_error", way, SHOULDER, WRIST) == pytest.approx([0.0], abs=1e-9)
    words = record(arguments={}, links=links(**at))
    assert value("pointing_error", words, SHOULDER, WRIST, "ball") == pytest.approx([0.0], abs=1e-9)
    right = record(arguments={"target": "ball", "side": "right"}, links=links(**at))
    assert value("pointing_error", right, SHOULDER, WRIST)[0] == pytest.approx(math.pi / 2, abs=0.2)


def test_a_lifted_hand_that_goes_there_and_back_waves():
    def waving(tick):
        return 0.3 * math.sin(2 * math.pi * tick / 50), 0.0, 1.2

    lifted = record(z=0.75, links=links(hand=waving), ended=6.0)
    assert value("link_swings", lifted, "hand")[0] >= 5
    assert value("link_height", lifted, "hand") == pytest.approx([1.2])
    lowered = record(z=1.5, links=links(hand=waving), ended=6.0)
    assert value("link_swings", lowered, "hand") == pytest.approx([0.0])


def test_a_body_that_turns_hides_no_swing_and_makes_none():
    def carried(aside):
        def way(tick):
            turned, left = 0.01 * tick, aside(tick)
            c, s = math.cos(turned), math.sin(turned)
            return 0.4 * c - left * s, 0.4 * s + left * c, 1.2

        return record(z=0.75, yaw=lambda t: 0.5 * t, links=links(hand=way), ended=6.0)

    clapping = carried(lambda tick: 0.05 * math.sin(2 * math.pi * tick / 50))
    assert value("link_swings", clapping, "hand")[0] >= 5
    still = carried(lambda tick: 0.0)
    assert value("link_swings", still, "hand") == pytest.approx([0.0])


def test_the_lean_of_the_trunk_is_that_of_the_base_and_of_the_waist():
    joints = np.zeros((301, G1.size))
    joints[100:150, G1.joint_names.index("waist_pitch_joint")] = 0.4
    way = record(robot=G1, pitch=-0.05, joints=joints)
    assert value("deepest_lean", way, "waist_pitch_joint") == pytest.approx([0.45])
    assert value("end_lean", way, "waist_pitch_joint").max() == pytest.approx(0.05)


def test_joints_are_compared_with_the_arguments_of_their_names():
    joints = np.zeros((301, G1.size))
    joints[:, G1.joint_names.index("left_elbow_joint")] = 0.6
    asked = {"vx": 0.3, "left_elbow_joint": 0.5, "right_elbow_joint": 0.0}
    assert value("arm_error", record(robot=G1, joints=joints, arguments=asked)) == pytest.approx([0.1])
    with pytest.raises(DataError, match="named like a joint"):
        value("arm_error", record(robot=G1, joints=joints, arguments={"vx": 0.3}))


def test_height_is_compared_with_the_height_that_was_asked_for():
    assert value("height_error", record(z=0.66, arguments={"height": 0.63})) == pytest.approx([0.03])


@pytest.mark.parametrize(
    ("quantity", "parameters", "says"),
    [("link_height", (), "which link"), ("deepest_lean", (), "which joint"), ("pointing_error", (WRIST,), "which arm"),
     ("link_height", ("hand",), "did not tell")],
)  # fmt: skip
def test_what_is_missing_is_said(quantity, parameters, says):
    with pytest.raises(DataError, match=says):
        value(quantity, record(arguments={"target": "ball"}), *parameters)
