"""Outlines, free ways and detours."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.connector.paths.clearance import first_obstacle, keep_clear, limits_from, way_is_free
from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.connector.stall import StallWatch
from skill_stack.core.world.scene import Pose2

XY = st.floats(-3.0, 3.0)


@given(x=XY, y=XY, yaw=st.floats(-4.0, 4.0), length=st.floats(0.1, 2.0), width=st.floats(0.1, 2.0))
def test_one_and_many_outlines_agree(things, x, y, yaw, length, width):
    objects = [things["box"]("a", 0.3, -0.2, length, width, yaw), things["ball"]("b", -1.0, 1.0, length)]
    many = Outlines.from_objects(objects).distances(np.array([[x, y]]))[0]
    assert many == pytest.approx([outline_distance(thing, x, y) for thing in objects])


def test_distances_to_a_turned_box(things):
    thing = things["box"]("a", 1.0, 1.0, 2.0, 0.4, math.pi / 2)
    assert outline_distance(thing, 2.2, 1.0) == pytest.approx(1.0)
    assert outline_distance(thing, 1.0, 3.0) == pytest.approx(1.0)
    assert outline_distance(thing, 1.0, 1.0) == pytest.approx(-0.2)
    assert outline_distance(thing, 2.2, 3.0) == pytest.approx(math.sqrt(2))


def test_bounds_enclose_turned_boxes_tightly(things):
    low, high = Outlines.from_objects(
        [things["box"]("a", 1.0, 1.0, 2.0, 0.4, math.pi / 2), things["ball"]("b", 0.0, 0.0, 1.0)]
    ).bounds()
    assert low == pytest.approx([-0.5, -0.5])
    assert high == pytest.approx([1.2, 2.0])


def test_places_have_no_outline(things):
    assert Outlines.from_objects([things["place"]("here", 0.0, 0.0)]).names == ()


def test_an_empty_world_is_free():
    nothing = Outlines.from_objects(())
    limits = limits_from(nothing, (0.0, 0.0), 0.4)
    assert way_is_free(nothing, (0.0, 0.0), (5.0, 5.0), limits)
    assert find_way(nothing, (0.0, 0.0), (2.0, 0.0), (0.0, 0.2), 0.4)


def test_the_first_thing_in_the_way_is_named(things):
    outlines = Outlines.from_objects([things["ball"]("far", 3.0, 0.0), things["ball"]("near", 1.5, 0.2)])
    limits = limits_from(outlines, (0.0, 0.0), 0.4)
    assert first_obstacle(outlines, (0.0, 0.0), (5.0, 0.0), limits) == "near"
    assert first_obstacle(outlines, (0.0, 0.0), (0.5, 0.0), limits) is None


def test_a_robot_that_is_too_near_may_leave_but_not_come_nearer(things):
    outlines = Outlines.from_objects([things["ball"]("ball", 0.4, 0.0)])
    limits = limits_from(outlines, (0.0, 0.0), 0.5)
    assert way_is_free(outlines, (0.0, 0.0), (-2.0, 0.0), limits)
    assert not way_is_free(outlines, (0.0, 0.0), (0.1, 0.0), limits)


@given(x=st.floats(-1.0, 1.0), y=st.floats(-1.0, 1.0), radius=st.floats(0.2, 0.8))
def test_a_way_keeps_its_distance(things, x, y, radius):
    objects = [things["ball"]("between", x, y, 2 * radius), things["ball"]("goal", 3.0, 0.0)]
    outlines = Outlines.from_objects(objects)
    start = (-3.0, 0.0)
    way = find_way(outlines, start, (3.0, 0.0), (0.4, 0.5), 0.4, "goal")
    assert way
    points = [start, *way]
    dense = np.concatenate([np.linspace(a, b, 200) for a, b in zip(points, points[1:])])
    assert outlines.distances(dense)[:, 0].min() > 0.39
    assert 0.4 <= outlines.distances(np.array([way[-1]]))[0, 1] <= 0.5
    length = sum(math.dist(a, b) for a, b in zip(points, points[1:]))
    assert length < 6.0 + 2.5 * (radius + 0.4), "no detour without need"


def test_a_way_leads_around_the_end_of_a_wall_and_not_through_it(things):
    wall = things["box"]("wall", 0.0, 1.0, 0.2, 6.0)
    outlines = Outlines.from_objects([wall, things["ball"]("goal", 2.0, 0.0)])
    way = find_way(outlines, (-2.0, 0.0), (2.0, 0.0), (0.4, 0.5), 0.3, "goal")
    assert min(y for _, y in way) < -2.2


def test_there_is_no_way_into_a_closed_room(things):
    sides = [
        things["box"](f"wall_{i}", 2.0 + x, y, *size)
        for i, (x, y, size) in enumerate(
            [(1.0, 0.0, (0.2, 2.2)), (-1.0, 0.0, (0.2, 2.2)), (0.0, 1.0, (2.2, 0.2)), (0.0, -1.0, (2.2, 0.2))]
        )
    ]
    outlines = Outlines.from_objects([*sides, things["ball"]("goal", 2.0, 0.0)])
    assert find_way(outlines, (-2.0, 0.0), (2.0, 0.0), (0.4, 0.5), 0.3, "goal") == ()


def test_velocities_turn_away_from_what_is_too_near(things):
    outlines = Outlines.from_objects([things["ball"]("ball", 0.4, 0.0)])
    pose = Pose2(0.0, 0.0, math.pi / 2)
    goals = keep_clear({"vx": 0.0, "vy": -0.5, "wz": 0.3}, pose, outlines, 0.35)
    assert goals["vy"] > 0.0, "the ball is on the right"
    assert goals["wz"] == 0.3
    same = {"vx": 0.0, "vy": -0.5, "wz": 0.3}
    assert keep_clear(same, pose, outlines, 0.35, ("ball",)) == same
    assert keep_clear(same, pose, outlines, 0.2) == same


def test_stalling_counts_from_the_last_progress():
    watch = StallWatch(0.04)
    assert watch.update(1.0, True, 0.0) == 0.0
    assert watch.update(0.99, True, 1.0) == 1.0
    assert watch.update(0.95, True, 2.0) == 0.0
    assert watch.update(0.97, True, 5.0) == 3.0
    assert watch.update(0.97, False, 6.0) == 0.0
    assert watch.update(0.97, True, 7.0) == 1.0
    assert watch.update(3.0, True, 8.0) == 0.0, "a new way starts afresh"
