"""Walking by an occupancy grid: what nobody named is walked around, what is gone is not, what nobody has seen costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.paths.distance_field import SEEN, DistanceField
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.connector.paths.surroundings import Surroundings, joined
from skill_stack.core.errors import DataError
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph

CELL = 0.05
SIZE = 160  # cells: 8 m
ORIGIN = Pose2(-4.0, -4.0, 0.0)
HERE = Pose2(0.0, 0.0, 0.0)


def grid_of(solid, stamp=0.0, unseen=None, frame="map", odom=HERE):
    """What a perfect sensor would make of some things.

    Args:
        solid: Things that are really there, in ``map``.
        stamp: s.
        unseen: Which points, shape (N, 2), nobody has seen; None for none.
        frame: Frame of the grid.
        odom: Where ``odom`` lies in ``map``.
    """
    empty = OccupancyGrid(frame, CELL, ORIGIN, np.full((SIZE, SIZE), FREE, np.int8), stamp)
    points = empty.centres().reshape(-1, 2)
    if frame == "odom":
        c, s = np.cos(odom.yaw), np.sin(odom.yaw)
        points = points @ np.array([[c, s], [-s, c]]) + (odom.x, odom.y)
    values = np.full(len(points), FREE, np.int8)
    if unseen is not None:
        values[unseen(points)] = UNKNOWN
    values[(Outlines.from_objects(solid).distances(points) < 0.0).any(axis=1)] = OCCUPIED
    return OccupancyGrid(frame, CELL, ORIGIN, values.reshape(SIZE, SIZE), stamp)


def nearest(world, things):
    return float(Outlines.from_objects(things).distances(np.array([(p.x, p.y) for p in world.track])).min())


def walk(world, solid, until=60.0, every=0.5, **about):
    """Walks to the ball while a sensor goes on seeing."""
    world.start("p/1", "go_to", target="red_ball")
    due = -1.0
    while not world.outcomes and world.now < until:
        if world.now >= due:
            world.connector.see(grid_of(solid, world.now, **about), world.scene)
            due = world.now + every
        world.step()
    return world.outcomes[-1]


@pytest.mark.parametrize("frame", ["map", "odom"])
def test_what_only_the_grid_knows_is_walked_around(worlds, things, frame):
    ball, crate = things["ball"]("red_ball", 3.0, 0.0), things["box"]("crate", 1.5, 0.0, 0.4, 0.8)
    odom = Pose2(0.2, -0.1, 0.3)
    blind = worlds([ball], odom=odom, pose=Pose2(-0.2, 0.1, -0.3))
    blind.start("p/1", "go_to", target="red_ball")
    assert blind.finish().outcome == "succeeded"
    assert nearest(blind, [crate]) < 0.0, "the way leads through it unless it is seen"
    seeing = worlds([ball], odom=odom, pose=Pose2(-0.2, 0.1, -0.3))
    assert walk(seeing, [ball, crate], frame=frame, odom=odom).outcome == "succeeded"
    assert nearest(seeing, [crate]) > 0.25


def test_a_named_thing_whose_place_is_seen_free_is_not_in_the_way(worlds, things):
    ball, crate = things["ball"]("red_ball", 3.0, 0.0), things["box"]("crate", 1.5, 0.0, 0.4, 0.8)
    world = worlds([ball, crate])
    assert walk(world, [ball]).outcome == "succeeded"
    assert max(abs(p.y) for p in world.track) < 0.1


def test_a_target_that_is_not_seen_where_the_map_has_it_keeps_its_outline(worlds, things):
    ball = things["ball"]("red_ball", 3.0, 0.0)
    world = worlds([ball])
    assert walk(world, []).outcome == "succeeded"
    assert nearest(world, [ball]) > 0.25


def test_a_stale_grid_is_left_aside_with_the_reason(worlds, things):
    ball, crate = things["ball"]("red_ball", 3.0, 0.0), things["box"]("crate", 1.5, 0.0, 0.4, 0.8)
    world = worlds([ball])
    world.run(5.0)
    world.connector.see(grid_of([ball, crate], stamp=1.0), world.scene)
    world.step()
    assert "4.1 s old (limit 1 s)" in world.connector.grid_doubt
    world.connector.see(grid_of([ball, crate], stamp=99.0), world.scene)
    world.step()
    assert "ahead of the robot's time" in world.connector.grid_doubt
    world.connector.see(grid_of([ball, crate], stamp=world.now), world.scene)
    world.step()
    assert world.connector.grid_doubt == ""


def test_a_closed_way_fails_by_its_name(worlds, things):
    ball = things["ball"]("red_ball", 3.0, 0.0)
    ring = [things["box"](f"ring_{k}", 3.0 + x, y, 0.1 + 2 * abs(y), 0.1 + 2 * abs(x)) for k, (x, y) in
            enumerate([(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])]  # fmt: skip
    world = worlds([ball])
    outcome = walk(world, [ball, *ring])
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")


def test_known_floor_is_preferred_to_floor_that_nobody_has_seen(things):
    wall = things["box"]("wall", 1.5, 0.0, 0.2, 2.0)
    grid = grid_of([wall], unseen=lambda points: (points[:, 1] > 0.6) & (abs(points[:, 0] - 1.5) < 1.0))
    outlines = joined(grid, {}, ())
    way = find_way(outlines, (0.0, 0.3), (3.0, 0.3), (0.0, 0.1), 0.3)
    assert min(y for _, y in way) < -1.2 and max(y for _, y in way) < 0.7
    rest = things["box"]("rest", 1.5, -2.5, 0.2, 3.2)
    only = joined(grid_of([wall, rest], unseen=lambda points: points[:, 1] > 1.0), {}, ())
    assert max(y for _, y in find_way(only, (0.0, 0.8), (3.0, 0.8), (0.0, 0.1), 0.3)) > 1.2


def test_a_robot_beside_something_may_leave_it(things):
    crate = things["box"]("crate", 0.4, 0.0, 0.4, 0.4)
    seen = Surroundings(1.0, 0.4)
    seen.take(grid_of([crate]), {}, HERE)
    outlines = seen.look({}, HERE, 0.0, HERE, ())
    assert outlines.distances(np.array([[0.0, 0.0]]))[0, -1] == pytest.approx(0.2, abs=CELL)
    assert find_way(outlines, (0.0, 0.0), (-2.0, 0.0), (0.0, 0.1), 0.4)
    assert not find_way(outlines, (0.0, 0.0), (0.25, 0.0), (0.0, 0.05), 0.3)


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-5.0, 5.0), y=st.floats(-5.0, 5.0), cx=st.floats(-3.0, 3.0), size=st.floats(0.2, 1.0))
def test_distances_are_those_to_what_is_taken(things, x, y, cx, size):
    thing = things["box"]("a", cx, 0.5, size, 0.4)
    field = DistanceField.from_grid(*(lambda grid: (grid, grid.occupied))(grid_of([thing])))
    found, true = (
        field.distances(np.array([[x, y]]))[0],
        Outlines.from_objects([thing]).distances(np.array([[x, y]]))[0, 0],
    )
    inside = max(abs(x), abs(y)) <= 4.0 - CELL
    assert true - 0.08 <= found <= true + 0.08 if inside else found <= true + 0.08


def test_things_that_are_named_are_not_there_twice(things):
    ball, crate = things["ball"]("red_ball", 2.0, 0.0), things["box"]("crate", -2.0, 0.0, 0.5, 0.5)
    moved = things["box"]("crate", -2.07, 0.03, 0.5, 0.5)
    outlines = joined(grid_of([ball, moved]), SceneGraph({t.id: t for t in (ball, crate)}).objects, ())
    assert outlines.names == ("red_ball", "crate", SEEN)
    assert outlines.field is not None and not outlines.field.taken.any()


def test_cells_beside_the_grid_are_neither_taken_nor_unseen(things):
    outlines = joined(grid_of([], unseen=lambda points: points[:, 0] > 0.0), {}, ())
    outside = np.array([[20.0, 0.0]])
    assert not outlines.unseen(outside).any() and outlines.distances(outside).min() > 10.0


def test_a_low_thing_does_not_vanish_because_a_laser_scans_above_it(things):
    crate = things["box"]("crate", 1.5, 0.0, 0.4, 0.8)  # things of tests are 0.4 m high
    for above, there in ((0.2, False), (0.5, True)):
        seen = Surroundings(1.0, 0.4)
        seen.take(replace(grid_of([]), above=above), {"crate": crate}, HERE)
        outlines = seen.look({"crate": crate}, HERE, 0.0, HERE, ())
        assert ("crate" in outlines.names) == there, (above, crate.size)


@pytest.mark.parametrize(("sure", "open_"), [(0.9, True), (1.0, False)])
def test_a_doorway_in_a_wall_that_a_camera_saw_as_one_is_as_the_grid_has_it(things, sure, open_):
    """A wall that a map states is there as it says."""
    wall = replace(things["box"]("wall_1", 1.5, 0.0, 0.12, 8.0), kind="wall", confidence=sure)
    jambs = [replace(wall, id=f"jamb_{y}", position=(1.5, y, 0.2), size=(0.12, 3.2, 0.4)) for y in (-2.2, 2.2)]
    seen = Surroundings(1.0, 0.4)
    seen.take(grid_of(jambs), {"wall_1": wall}, HERE)
    outlines = seen.look({"wall_1": wall}, HERE, 0.0, HERE, ())
    middle, jamb = outlines.distances(np.array([(1.5, 0.0), (1.5, 2.2)])).min(axis=1)
    assert (middle > 0.4) == open_ and jamb < 0.0


def test_a_low_wall_stays_where_a_laser_scans_above_it(things):
    wall = replace(things["box"]("wall_1", 1.5, 0.0, 0.1, 2.0), kind="wall", confidence=0.9)
    for above, there in ((0.2, False), (0.5, True)):
        seen = Surroundings(1.0, 0.4)
        seen.take(replace(grid_of([]), above=above), {"wall_1": wall}, HERE)
        assert ("wall_1" in seen.look({"wall_1": wall}, HERE, 0.0, HERE, ()).names) == there


def test_walls_of_a_drawn_map_are_walked_around_whether_or_not_anything_is_seen(worlds, things):
    ball, wall = things["ball"]("red_ball", 3.0, 0.0), things["box"]("wall", 1.5, 0.0, 0.2, 1.6)
    for seen in ([], None):
        world = worlds([ball])
        world.connector.take_map(grid_of([wall], unseen=lambda points: points[:, 0] > 3.5))
        if seen is None:
            world.start("p/1", "go_to", target="red_ball")
            assert world.finish().outcome == "succeeded"
        else:  # a sensor that sees the ball alone, and not as far as the wall
            near = {"unseen": lambda points: abs(points[:, 0] - 1.5) < 0.5}
            assert walk(world, [ball], **near).outcome == "succeeded"
        assert nearest(world, [wall]) > 0.2


def test_what_is_seen_now_counts_more_than_the_drawn_map(things):
    wall, crate = things["box"]("wall", 1.5, 0.0, 0.2, 1.6), things["box"]("crate", 0.0, 1.5, 0.4, 0.4)
    drawn = replace(grid_of([wall]), origin=Pose2(-4.0, -4.0, 0.2), resolution=0.04)
    turned = drawn.placed(grid_of([wall]).places(np.array([[1.5, 0.0]])))
    seen = Surroundings(1.0, 0.4)
    seen.take_map(drawn)
    blind = seen.look({}, HERE, 0.0, HERE, ())
    assert blind.distances(turned)[0, -1] < 0.0
    seen.take(grid_of([crate]), {}, HERE)
    now = seen.look({}, HERE, 0.0, HERE, ())
    assert now.distances(turned)[0, -1] > 0.5 and now.distances(np.array([[0.0, 1.5]]))[0, -1] < -0.1


def test_far_from_a_drawn_map_there_is_none_and_named_things_stay(things):
    crate = things["box"]("crate", 1.5, 0.0, 0.4, 0.8)
    seen = Surroundings(1.0, 0.4)
    seen.take_map(grid_of([crate]))
    for here in (HERE, Pose2(100.0, -50.0, 0.0), None):
        outlines = seen.look({"crate": crate}, HERE, 0.0, here, ())
        assert outlines.names[0] == "crate"
        assert outlines.distances(np.array([[1.5, 0.0]]))[0, 0] < 0.0
    empty = Surroundings(1.0, 0.4)
    empty.take_map(grid_of([]))  # it was drawn before the crate came: a map says of nothing that it is gone
    assert "crate" in empty.look({"crate": crate}, HERE, 0.0, HERE, ()).names
    with pytest.raises(DataError, match="given in map, not in odom"):
        empty.take_map(grid_of([], frame="odom"))
