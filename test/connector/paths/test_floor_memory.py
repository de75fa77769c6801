"""What was seen to block the floor is remembered until the floor is seen free."""

import numpy as np
import pytest

from skill_stack.connector.paths.distance_field import SEEN
from skill_stack.connector.paths.floor_memory import CALM, PATIENT
from skill_stack.connector.paths.surroundings import Surroundings
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, REMEMBERED, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject

ODOM = Pose2(0.0, 0.0, 0.0)
WALL = SceneObject("wall", "wall", (2.0, 0.0, 0.25), 0.0, "box", (0.1, 1.0, 0.5))
BESIDE = SceneObject("beside", "wall", (2.0, 1.5, 0.25), 0.0, "box", (0.1, 2.0, 0.5))


def seen(centre, blocked, stamp, kept=()):
    """A view of 2 m around a point with occupied cells at points, and those that the grid keeps from before."""
    cells = np.full((80, 80), FREE, np.int8)
    grid = OccupancyGrid("map", 0.05, Pose2(centre[0] - 2.0, centre[1] - 2.0, 0.0), cells, stamp)
    for points, value in ((kept, REMEMBERED), (blocked, OCCUPIED)):
        column, row = np.floor(grid.places(np.array(points).reshape(-1, 2))).astype(int).T
        cells[row, column] = value
    return OccupancyGrid("map", 0.05, grid.origin, cells, stamp)


def around(surroundings, now, objects=None, where=(0.0, 0.0)):
    return surroundings.look(objects or {}, ODOM, now, Pose2(*where, 0.0), ())


def distance(outlines, point):
    return float(outlines.distances(np.array([point]))[0, outlines.names.index(SEEN)])


@pytest.fixture
def surroundings():
    return Surroundings(age_limit=1.0, keep=0.4)


BARRIER = [(1.5, y) for y in np.arange(-0.5, 0.5, 0.05)]


def test_what_is_out_of_view_is_remembered(surroundings):
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    surroundings.take(seen((-5.0, 0.0), [], 2.0), {}, ODOM)
    assert distance(around(surroundings, 2.0), (1.5, 0.0)) < 0.05


def test_what_is_seen_free_is_forgotten(surroundings):
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    surroundings.take(seen((0.0, 0.0), [], 2.0), {}, ODOM)
    assert distance(around(surroundings, 2.0), (1.5, 0.0)) > 1.0


def test_what_was_seen_longest_ago_is_doubted_first(surroundings):
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    surroundings.take(seen((-5.0, 0.0), [(-5.0, 1.0), (-5.0, 1.05)], 2.0), {}, ODOM)
    surroundings.take(seen((-12.0, 0.0), [], 3.0), {}, ODOM)
    assert surroundings.memory.doubt(Pose2(-12.0, 0.0, 0.0), 3.0)
    outlines = around(surroundings, 3.0, where=(-12.0, 0.0))
    assert distance(outlines, (1.5, 0.0)) > 1.0 and distance(outlines, (-5.0, 1.0)) < 0.05
    while surroundings.memory.doubt(Pose2(-12.0, 0.0, 0.0), 3.0):
        pass
    assert distance(around(surroundings, 3.0), (-5.0, 1.0)) > 1.0


def test_what_a_grid_keeps_is_doubted_like_what_is_remembered_until_it_is_seen_again(surroundings):
    """A camera's map has the door that it saw shut a while ago; it is not news."""
    other = [(-1.5, y) for y in np.arange(-0.5, 0.5, 0.05)]
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    for stamp in (2.0, 3.0):
        surroundings.take(seen((0.0, 0.0), other, stamp, kept=BARRIER), {}, ODOM)
    assert distance(around(surroundings, 3.0), (1.5, 0.0)) < 0.05
    assert surroundings.memory.doubt(Pose2(0.0, 0.0, 0.0), 3.0)
    for stamp in (3.2, 3.4):
        assert distance(around(surroundings, stamp), (1.5, 0.0)) > 0.5
        assert distance(around(surroundings, stamp), (-1.5, 0.0)) < 0.05, "it is in view"
        surroundings.take(seen((0.0, 0.0), other, stamp, kept=[(x + 0.05, y) for x, y in BARRIER]), {}, ODOM)
    surroundings.take(seen((0.0, 0.0), BARRIER, 3.6, kept=other), {}, ODOM)
    surroundings.take(seen((0.0, 0.0), other, 3.8, kept=BARRIER), {}, ODOM)
    assert distance(around(surroundings, 3.8), (1.5, 0.0)) < 0.05


def test_a_robot_that_is_shut_in_doubts_for_a_while_and_later_anew(surroundings):
    here, now = Pose2(-5.0, 0.0, 0.0), 1.0
    while surroundings.take(seen((0.0, 0.0), BARRIER, now), {}, ODOM) or surroundings.memory.doubt(here, now):
        now += 10.0
    assert now == pytest.approx(1.0 + PATIENT, abs=11.0)
    assert distance(around(surroundings, now), (1.5, 0.0)) < 0.05
    assert surroundings.memory.doubt(here, now + CALM), "doors open after a while"


def test_what_is_near_is_never_doubted(surroundings):
    """A camera may not see what is beside or behind the robot."""
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    beside = Pose2(1.5, 0.9, 0.0)
    surroundings.take(seen((0.0, 0.0), [], 4.0, kept=BARRIER), {}, ODOM)
    while surroundings.memory.doubt(beside, 4.0):
        pass
    outlines = around(surroundings, 4.0, where=(1.5, 0.9))
    assert distance(outlines, (1.5, 0.4)) < 0.05 and distance(outlines, (1.5, -0.45)) > 0.2


def test_a_grid_that_begins_with_what_it_keeps_is_believed(surroundings):
    surroundings.take(seen((0.0, 0.0), [], 1.0, kept=BARRIER), {}, ODOM)
    assert distance(around(surroundings, 1.0), (1.5, 0.0)) < 0.05


def test_a_wall_of_the_map_that_was_seen_gone_stays_so_out_of_view(surroundings):
    objects = {one.id: one for one in (WALL, BESIDE)}
    there = [(2.0, y) for y in np.arange(0.52, 2.0, 0.05)]
    surroundings.take(seen((1.0, 0.0), there, 1.0), objects, ODOM)
    surroundings.take(seen((-5.0, 0.0), [], 2.0), objects, ODOM)
    names = around(surroundings, 2.0, objects).names
    assert "beside" in names and "wall" not in names
    whole = there + [(2.0, y) for y in np.arange(-0.5, 0.5, 0.05)]
    surroundings.take(seen((1.0, 0.0), whole, 3.0), objects, ODOM)
    surroundings.take(seen((-5.0, 0.0), [], 4.0), objects, ODOM)
    assert "wall" in around(surroundings, 4.0, objects).names


def test_a_restart_forgets_everything(surroundings):
    surroundings.take(seen((0.0, 0.0), BARRIER, 1.0), {}, ODOM)
    surroundings.forget()
    surroundings.take(seen((-5.0, 0.0), [], 0.1), {}, ODOM)
    assert distance(around(surroundings, 0.1), (1.5, 0.0)) > 1.0
