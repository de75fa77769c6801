"""Spins, paths, gaits and pushing."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.guides.pushing import PushingGuide
from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.reaching.planted import HALT
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

QUICK = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FOOTPRINT = Footprint(front=0.35, back=0.4, side=0.2)


def place(name, x, y):
    return SceneObject(name, "place", (x, y, 0.0), 0.0, "point")


def box(x, y):
    return SceneObject("crate", "box", (x, y, 0.15), 0.0, "box", (0.3, 0.3, 0.3), movable=True)


def guide_of(name, numbers=None, **arguments):
    return make_guide(name, GuideContext(arguments, ConnectorSettings(), numbers or {}, FOOTPRINT))


def view_of(pose, *things, elapsed=0.0):
    return GuideView(pose, SceneGraph({t.id: t for t in things}), Outlines.from_objects(things), elapsed, elapsed)


def test_an_approach_that_plants_its_feet_stands_once_it_is_there_and_goes_on_where_it_then_is_not():
    guide, ball = guide_of("approach", {"planted": 1.0}, target="crate", gap=0.1), box(2.0, 0.0)
    there = 2.0 - 0.15 - FOOTPRINT.front - 0.1

    def stands(off, now):
        return not any(guide.step(view_of(Pose2(there - off, 0.0, 0.0), ball, elapsed=now)).goals.values())

    assert not stands(0.2, 0.1) and stands(0.03, 1.0)
    assert stands(0.2, 1.5), "legs come to rest first"
    assert not stands(0.2, 1.1 + HALT) and stands(0.03, 1.2 + HALT)
    steps = guide_of("approach", {}, target="crate", gap=0.1)
    assert any(steps.step(view_of(Pose2(there - 0.03, 0.0, 0.0), ball)).goals.values()), "others step on"


@QUICK
@given(angle=st.floats(math.pi, 12.0), left=st.booleans())
def test_it_spins_through_full_turns_on_the_spot(worlds, angle, left):
    world = worlds([])
    world.start("p/1", "spin", angle=angle if left else -angle)
    assert world.finish(40.0).outcome == "succeeded"
    world.run(0.5)
    turned = float(np.unwrap([pose.yaw for pose in world.track])[-1] - world.track[0].yaw)
    assert turned == pytest.approx(angle if left else -angle, abs=0.2)
    assert max(math.hypot(pose.x, pose.y) for pose in world.track) < 0.1


@QUICK
@given(corners=st.lists(st.tuples(st.floats(0.8, 1.5), st.floats(-1.0, 1.0)), min_size=2, max_size=5))
def test_it_walks_along_a_path_of_places(worlds, corners):
    names, here, heading, points = ("first", "second", "third", "fourth", "fifth"), (0.0, 0.0), 0.0, []
    for length, turn in corners:
        heading += turn
        here = (here[0] + length * math.cos(heading), here[1] + length * math.sin(heading))
        points.append(here)
    things = [place(f"stone_{number}", *point) for number, point in enumerate(points)]
    world = worlds(things)
    world.start("p/1", "follow_path", **{name: thing.id for name, thing in zip(names, things)})
    assert world.finish(90.0).outcome == "succeeded"
    track = np.array([(pose.x, pose.y) for pose in world.track])
    for point in points:
        assert np.linalg.norm(track - point, axis=1).min() < 0.25


def test_a_path_needs_places_that_exist(worlds):
    world = worlds([place("gate", 1.0, 0.0)])
    with pytest.raises(UnknownName, match="moon"):
        world.start("p/1", "follow_path", first="gate", second="moon")


@pytest.mark.parametrize(("gait", "phases"), [("trot", (0.5, 0.5)), ("pace", (0.5, 0.0)), ("pronk", (0.0, 0.0))])
def test_a_gait_is_phases_and_a_swing_is_a_frequency(gait, phases):
    guide = guide_of("gait", {"height": 0.3}, gait=gait, vx=0.6, swing_length=0.25, swing_height=0.08, duration=2.0)
    goals = guide.step(view_of(Pose2(0.0, 0.0, 0.0))).goals
    assert (goals["side_phase"], goals["rear_phase"]) == phases
    assert goals["frequency"] == pytest.approx(0.6 / 0.25)
    assert (goals["height"], goals["swing_height"], goals["vx"]) == (0.3, 0.08, 0.6)
    over = guide.step(view_of(Pose2(0.0, 0.0, 0.0), elapsed=2.0))
    assert not over.goals and over.signals["remaining"] == 0.0


def test_a_gait_that_swings_too_high_is_told_less():
    """By the offset of its own, which no other gait has."""
    offsets = {"swing_offset_pronk": -0.04}
    for gait, height in (("pronk", 0.07), ("trot", 0.11)):
        guide = guide_of("gait", offsets, gait=gait, vx=0.6, swing_length=0.25, swing_height=0.11, duration=2.0)
        assert guide.step(view_of(Pose2(0.0, 0.0, 0.0))).goals["swing_height"] == pytest.approx(height)


def test_a_gait_ends_before_a_wall():
    guide = guide_of("gait", gait="trot", vx=0.6, swing_length=0.25, swing_height=0.08, duration=9.0)
    with pytest.raises(GuideFailure, match="'crate' is in the way"):
        guide.step(view_of(Pose2(0.0, 0.0, 0.0), box(0.7, 0.0)))


def pushed(guide, pose, thing, goal):
    """Drives a point that pushes a box with its nose; returns pose and box at the end."""
    for tick in range(2000):
        out = guide.step(view_of(pose, thing, goal, elapsed=tick * 0.05))
        if not out.remaining:
            break
        goals = [0.05 * out.goals.get(name, 0.0) for name in ("vx", "vy", "wz")]
        pose = pose.compose(Pose2(*goals))
    return pose, out


@QUICK
@given(x=st.floats(-1.0, 3.0), y=st.floats(-1.5, 1.5), yaw=st.floats(-3.0, 3.0), way=st.floats(-0.8, 0.8))
def test_it_gets_behind_a_box_and_ends_where_the_box_belongs(x, y, yaw, way):
    if math.hypot(x - 1.0, y) < 0.8:
        return
    goal = place("corner", 1.0 + math.cos(way), math.sin(way))
    guide = guide_of("pushing", target="crate", place="corner")
    end, out = pushed(guide, Pose2(x, y, yaw), box(1.0, 0.0), goal)
    assert out.signals["distance_error"] == 0.0 and not out.moving
    assert wrap_angle(end.yaw - way) == pytest.approx(0.0, abs=0.1)
    back = end.distance_to(*goal.position[:2])
    assert 0.35 + 0.13 < back < 0.35 + 0.24, "the nose is where the box's face is to be"


@pytest.mark.parametrize(("numbers", "last"), [({}, 0.3), ({"ease": 1.0}, 0.15)])
def test_a_push_slows_down_towards_its_end_only_where_it_is_told_to(numbers, last):
    guide = guide_of("pushing", numbers, target="crate", place="corner")
    things, speeds = (box(1.0, 0.0), place("corner", 2.0, 0.0)), {}
    guide.step(view_of(Pose2(0.3, 0.0, 0.0), *things))
    for x in (0.3, 0.8, 1.35, 1.5):  # it begins at 0.3 and ends where its nose has taken the box to the corner
        out = guide.step(view_of(Pose2(x, 0.0, 0.0), *things))
        speeds[round(out.remaining, 2)] = out.goals["vx"]
    assert speeds == pytest.approx({1.2: 0.3, 0.7: 0.3, 0.15: last, 0.0: 0.0})


def test_a_place_cannot_be_pushed_and_what_slips_away_is_told():
    corner, gate = place("corner", 2.0, 0.0), place("gate", 1.0, 0.0)
    with pytest.raises(GuideFailure, match="not an object"):
        guide_of("pushing", target="gate", place="corner").step(view_of(Pose2(0.0, 0.0, 0.0), gate, corner))
    guide = guide_of("pushing", target="crate", place="corner")
    assert isinstance(guide, PushingGuide)
    things = box(1.0, 0.0), corner
    for _ in range(3):
        guide.step(view_of(Pose2(0.3, 0.0, 0.0), *things))
    with pytest.raises(GuideFailure, match="slipped away"):
        guide.step(view_of(Pose2(0.6, 0.5, 0.0), *things))


@pytest.mark.parametrize(("wide", "gives_up"), [(1.1, False), (0.5, True)])
def test_a_leaf_pushes_the_robot_aside_as_far_as_it_is_wide(wide, gives_up):
    leaf = SceneObject("gate", "gate", (1.0, 0.0, 0.3), math.pi / 2, "box", (wide, 0.04, 0.6), movable=True)
    gate = replace(leaf, hinge=(-wide / 2, 0.0), swing=(math.pi / 2, math.pi / 2 - 1.5))
    guide, hinge = guide_of("opening", target="gate"), -wide / 2
    line = hinge + min(0.42, wide / 2)
    for _ in range(3):
        guide.step(view_of(Pose2(0.5, line, 0.0), gate))
    aside = view_of(Pose2(0.9, line + 0.4, 0.0), gate)
    if gives_up:
        with pytest.raises(GuideFailure, match="slipped away"):
            guide.step(aside)
    else:
        assert guide.step(aside).moving


@pytest.mark.parametrize(
    ("kind", "at", "stops"),
    [
        ("person", (2.0, 0.0), True), ("robot", (2.0, 0.2), True), ("person", (3.4, 0.0), False),
        ("person", (1.5, 0.9), False), ("person", (-1.0, 0.0), False), ("cone", (2.0, 0.0), False),
    ],
)  # fmt: skip
def test_a_push_stops_before_somebody_who_stands_before_the_thing_and_not_beside_it(kind, at, stops):
    guide, corner = guide_of("pushing", target="crate", place="corner"), place("corner", 2.6, 0.0)
    body = SceneObject("anna", kind, (*at, 0.8), 0.0, "cylinder", (0.4, 0.4, 1.6))
    for x in (0.3, 0.3, 0.3):
        guide.step(view_of(Pose2(x, 0.0, 0.0), box(1.0, 0.0), corner))
    after = view_of(Pose2(0.8, 0.0, 0.0), box(1.0, 0.0), corner, body)
    if not stops:
        assert guide.step(after).goals["vx"] > 0.0
        return
    with pytest.raises(GuideFailure, match="'anna' is in the way of 'crate'"):
        guide.step(after)


def seen_at(thing, now):
    return replace(thing, last_seen=now)


@pytest.mark.parametrize(
    ("crate", "end", "violated"),
    [
        (box(1.3, 0.6), place("corner", 3.0, 0.0), "object is in front"),
        (None, place("corner", 3.0, 0.0), "object is in front"),
        (box(1.0, 0.0), place("corner", 3.0, 0.0), "object gives way"),
        (box(2.2, 0.0), seen_at(place("corner", 4.2, 0.0), 9.0), "object gives way"),
        (box(2.2, 0.0), place("corner", 3.0, 0.0), ""),
    ],
)
def test_pushing_compares_where_the_object_is_seen_with_where_it_should_be(crate, end, violated):
    guide = guide_of("pushing", target="crate", place="corner")
    for x in np.arange(0.0, 1.7, 0.05):
        guide.step(view_of(Pose2(x, 0.0, 0.0), box(1.0, 0.0), place("corner", 3.0, 0.0), elapsed=x))
    seen = [] if crate is None else [seen_at(crate, 9.0)]
    last = view_of(Pose2(1.7, 0.0, 0.0), *seen, end, elapsed=9.0)
    if not violated:
        guide.step(last)
        return
    with pytest.raises(GuideFailure) as raised:
        guide.step(last)
    assert raised.value.name == violated


@pytest.mark.parametrize(
    ("now", "corner_seen", "violated"),
    [(1.5, 0.9, "object gives way"), (1.5, 1.5, ""), (2.0, 2.0, "object is in front")],
)  # fmt: skip
def test_what_is_lost_from_sight_is_not_said_to_stay_where_it_was_seen_last(now, corner_seen, violated):
    guide, corner = guide_of("pushing", target="crate", place="corner"), place("corner", 3.0, 0.0)
    for x in np.arange(0.0, 0.91, 0.05):
        crate = seen_at(box(max(1.0, x + 0.5), 0.0), x)
        guide.step(view_of(Pose2(x, 0.0, 0.0), crate, seen_at(corner, x), elapsed=x))
    last = view_of(Pose2(1.45, 0.0, 0.0), crate, seen_at(corner, corner_seen), elapsed=now)
    if not violated:
        assert guide.step(last).goals["vx"] > 0.0
        return
    with pytest.raises(GuideFailure) as raised:
        guide.step(last)
    assert raised.value.name == violated


@pytest.mark.parametrize("taken", [True, False])
def test_what_a_camera_is_too_near_to_know_is_pushed_on_while_it_is_seen_that_something_is_there(taken):
    guide, corner = guide_of("pushing", target="crate", place="corner"), place("corner", 3.0, 0.0)
    for x in np.arange(0.0, 0.5, 0.05):
        guide.step(view_of(Pose2(x, 0.0, 0.0), seen_at(box(1.0, 0.0), x), corner, elapsed=x))
    cells = np.zeros((40, 80), np.int8)
    cells[17:23, 37:43] = 100 if taken else 0  # the chest is at 1.85 m
    grid = OccupancyGrid("map", 0.05, Pose2(0.0, -1.0, 0.0), cells, 3.0)
    things = seen_at(box(1.0, 0.0), 0.45), seen_at(corner, 3.0)
    outlines = Outlines.from_objects(things, DistanceField.from_grid(grid, cells > 0))
    view = replace(view_of(Pose2(1.5, 0.0, 0.0), *things, elapsed=3.0), outlines=outlines)
    if taken:
        assert guide.step(view).goals["vx"] > 0.0
        return
    with pytest.raises(GuideFailure, match="no longer in front"):
        guide.step(view)
