"""Ways past, around and beside things, and walks by time."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.core.world.scene import Pose2

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANGLE = st.floats(-math.pi, math.pi)
BEARING = st.floats(-math.pi, math.pi)


def clearance(world) -> float:
    """Smallest distance that the base ever had to any outline."""
    outlines = Outlines.from_objects(world.scene.objects.values())
    return float(outlines.distances(np.array([(p.x, p.y) for p in world.track])).min())


def start_at(bearing, distance=2.0):
    return distance * math.cos(bearing), distance * math.sin(bearing)


def angle_swept(world) -> float:
    """Angle that the base went around the origin, rad, positive against the clock."""
    angles = np.unwrap([math.atan2(p.y, p.x) for p in world.track])
    return float(angles[-1] - angles[0])


@QUICK
@given(bearing=BEARING, yaw=ANGLE, side=st.sampled_from(["left", "right"]), length=st.floats(0.2, 0.9))
def test_it_passes_on_the_side_that_was_named(worlds, things, bearing, yaw, side, length):
    x, y = start_at(bearing)
    world = worlds([things["box"]("crate", 0.0, 0.0, length, 0.4, 0.3)], pose=Pose2(x, y, yaw))
    world.start("p/1", "pass", target="crate", side=side)
    assert world.finish(60.0).outcome == "succeeded"
    ahead, left = (-math.cos(bearing), -math.sin(bearing)), (math.sin(bearing), -math.cos(bearing))
    end = world.map_pose
    assert ahead[0] * end.x + ahead[1] * end.y > 0.3, "behind it, as seen from the start"
    abeam = min(world.track, key=lambda p: abs(ahead[0] * p.x + ahead[1] * p.y))
    assert math.copysign(1.0, left[0] * abeam.x + left[1] * abeam.y) == (1.0 if side == "left" else -1.0)
    assert clearance(world) > 0.25


def test_it_passes_where_there_is_room(worlds, things):
    """With a wall on the left of it, the right side is taken without being asked for."""
    wall = things["box"]("wall", 0.0, 0.9, 3.0, 0.2, 0.0)
    world = worlds([things["ball"]("ball", 0.0, 0.0), wall], pose=Pose2(-2.0, 0.0, 0.0))
    world.start("p/1", "pass", target="ball", side="any")
    assert world.finish(60.0).outcome == "succeeded"
    assert min(p.y for p in world.track) < -0.3 and world.map_pose.x > 0.3


@QUICK
@given(bearing=BEARING, yaw=ANGLE, way=st.sampled_from(["left", "right"]), turns=st.sampled_from([0.5, 1.0, 2.0]))
def test_it_goes_around_as_often_as_was_said(worlds, things, bearing, yaw, way, turns):
    x, y = start_at(bearing, 1.5)
    world = worlds([things["ball"]("ball", 0.0, 0.0)], pose=Pose2(x, y, yaw))
    world.start("p/1", "circle", target="ball", turns=turns, direction=way)
    assert world.finish(180.0).outcome == "succeeded"
    sign = 1.0 if way == "left" else -1.0
    assert angle_swept(world) == pytest.approx(sign * turns * 2 * math.pi, abs=0.6)
    assert clearance(world) > 0.25


@QUICK
@given(bearing=BEARING, yaw=ANGLE, side=st.sampled_from(["front", "behind", "left", "right"]))
def test_it_stands_on_the_side_that_was_named_and_faces_the_thing(worlds, things, bearing, yaw, side):
    x, y = start_at(bearing)
    thing = things["box"]("crate", 0.0, 0.0, 0.5, 0.5, 0.2)
    world = worlds([thing], pose=Pose2(x, y, yaw))
    world.start("p/1", "go_to", target="crate", side=side)
    assert world.finish(60.0).outcome == "succeeded"
    world.run(1.0)
    end, turned = world.map_pose, {"front": 0.0, "left": -math.pi / 2, "right": math.pi / 2, "behind": math.pi}[side]
    off = math.remainder(math.atan2(end.y, end.x) - bearing - turned, 2 * math.pi)
    assert abs(off) < 0.4
    assert 0.25 < outline_distance(thing, end.x, end.y) < 0.75
    assert abs(end.bearing_to(0.0, 0.0)) < 0.2


def test_a_timed_walk_ends_in_time_and_before_a_wall(worlds, things):
    world = worlds([], pose=Pose2(0.0, 0.0, 0.0))
    world.start("p/1", "walk_for", duration=4.0, vx=0.5)
    assert world.finish(20.0).outcome == "succeeded"
    assert world.map_pose.x == pytest.approx(2.0, abs=0.35)
    walled = worlds([things["box"]("wall", 1.5, 0.0, 0.2, 3.0, 0.0)], pose=Pose2(0.0, 0.0, 0.0))
    walled.start("p/1", "walk_for", duration=10.0, vx=0.5)
    outcome = walled.finish(20.0)
    assert outcome.outcome == "failed" and "'wall' is in the way" in outcome.reason
    assert clearance(walled) > 0.2


def test_no_way_past_is_told(worlds, things):
    ring = [things["ball"](f"post_{i}", math.cos(a), math.sin(a), 0.35) for i, a in enumerate(np.arange(0, 6.3, 0.5))]
    world = worlds([things["ball"]("ball", 0.0, 0.0), *ring], pose=Pose2(-3.0, 0.0, 0.0))
    world.start("p/1", "go_to", target="ball", side="behind")
    outcome = world.finish(60.0)
    assert outcome.outcome == "failed" and "no free way" in outcome.reason
