"""Leaves that are ajar in doorways of a map that has no doors."""

import math
from dataclasses import replace

import pytest
from computed_looks import DOOR, POSTS, eye, seen, thing

from skill_stack.perception.scene.doorways import possible_leaves
from skill_stack.perception.scene.hinged_panels import HingedPanels

WALLS = [replace(one, kind="wall") for one in POSTS]
SPOTS = [(0.3, 0.0, 0.0), (0.0, 0.6, -0.2), (3.6, 0.0, math.pi), (-1.5, 0.0, 0.0)]


def found(things, at=(0.3, 0.0, 0.0), told=WALLS):
    """What a look at things between the walls shows of leaves, and the look before and after."""
    leaves = HingedPanels(told)
    frame = seen([*WALLS, *things], eye(*at), noise=0.003, stamp=4.0)
    return leaves, frame, leaves.taken_out(frame)


def ajar(degrees):
    return DOOR.turned(DOOR.swing[0] + math.radians(degrees))


def test_a_doorway_has_four_leaves_one_for_each_jamb_and_sense():
    (leaves,) = possible_leaves(WALLS)
    assert {(round(one.axis.y, 1), one.swing[1] > one.swing[0]) for one in leaves} == {
        (side * 0.5, sense) for side in (-1, 1) for sense in (True, False)
    }
    for leaf in leaves:
        assert leaf.opened == 0.0 and not leaf.movable and leaf.axis.x == pytest.approx(2.0)
        assert leaf.size[0] == pytest.approx(1.08) and leaf.position[:2] == pytest.approx((2.0, 0.0))


@pytest.mark.parametrize(
    "things",
    [
        [],
        WALLS[:1],
        [replace(one, kind="box") for one in WALLS],
        [WALLS[0], replace(WALLS[1], position=(2.0, 2.2, 0.125))],  # too wide
        [WALLS[0], replace(WALLS[1], position=(2.0, 0.9, 0.125))],  # too narrow
        [WALLS[0], replace(WALLS[1], position=(2.3, 1.56, 0.125))],  # not in one line
        [WALLS[0], replace(WALLS[1], yaw=0.4)],
        [replace(one, size=(0.8, 2.0, 0.25)) for one in WALLS],  # a passage
        [*WALLS, DOOR],  # its leaf is on the map
    ],
)
def test_what_is_no_doorway_or_has_a_stated_leaf_has_no_other(things):
    assert possible_leaves(things) == []


def test_a_wall_that_runs_along_its_own_x_axis_has_a_doorway_too():
    turned = [replace(one, size=(2.0, 0.15, 0.25), yaw=math.pi / 2) for one in WALLS]
    (leaves,) = possible_leaves(turned)
    assert all(one.position[:2] == pytest.approx((2.0, 0.0)) for one in leaves)


@pytest.mark.parametrize("degrees", [10, 20, 35, 60])
@pytest.mark.parametrize("at", SPOTS)
def test_a_leaf_that_is_ajar_is_found_where_it_hangs(degrees, at):
    leaves, frame, left = found([ajar(degrees)], at)
    (door,) = leaves.seen.values()
    assert door.kind == "door" and not door.movable and door.last_seen == 4.0
    assert math.degrees(door.opened) == pytest.approx(degrees, abs=1.5)
    assert door.position == pytest.approx(ajar(degrees).position, abs=0.05)
    assert (door.axis.x, door.axis.y) == pytest.approx((2.0, 0.53), abs=0.05) and door.swing[1] > door.swing[0]
    assert 0.5 < door.size[2] < 0.65, "as high as it shows"
    assert door.colour == DOOR.colour
    assert ((left.depth == 0.0) & (frame.depth > 0.0)).sum() > 500, "nothing else is looked for there"


def test_once_found_it_is_followed_like_one_of_the_map():
    leaves, *_ = found([ajar(20)])
    leaves.taken_out(seen([*WALLS, ajar(85)], eye(0.3, 0.0, 0.0), noise=0.003, stamp=5.0))
    (door,) = leaves.seen.values()
    assert door.last_seen == 5.0 and math.degrees(door.opened) == pytest.approx(85, abs=3)


def test_its_name_is_a_new_one():
    leaves, *_ = found([ajar(20)], told=[*WALLS, replace(DOOR, position=(9.0, 9.0, 0.3))])
    assert set(leaves.seen) == {"door_2"}


@pytest.mark.parametrize(
    "things",
    [
        [],
        [thing("box", "blue", 2.0, 0.2, (0.4, 0.45, 0.3))],
        [thing("box", "blue", 2.1, 0.29, (0.45, 0.45, 0.3), yaw=0.3)],  # a crate at a jamb
        [thing("box", "blue", 2.1, -0.25, (0.4, 0.5, 0.7))],  # a tall one
        [thing("box", "blue", 2.2, 0.0, (0.4, 0.95, 0.7))],  # its front shuts the doorway
        [thing("box", "blue", 2.1, 0.0, (0.45, 0.7, 0.7), yaw=0.4)],
        [thing("box", "blue", 2.1, 0.0, (0.3, 1.0, 0.3), yaw=0.3)],  # too low
        [ajar(0)],
        [replace(ajar(20), position=(3.2, 0.0, 0.3))],  # no end of a wall is near
    ],
)
@pytest.mark.parametrize("at", SPOTS)
def test_what_is_no_leaf_at_a_jamb_is_none(things, at):
    leaves, frame, left = found(things, at)
    assert not leaves.seen and left is frame


def test_without_walls_no_leaf_is_found():
    leaves, frame, left = found([ajar(20)], told=[])
    assert not leaves.seen and left is frame


def test_a_flat_thing_that_ends_at_half_of_the_doorway_or_goes_on_beyond_it_is_none():
    door = ajar(20)
    for long in (0.5, 2.2):
        axis = door.axis
        x, y = axis.x + long / 2 * math.cos(door.yaw), axis.y + long / 2 * math.sin(door.yaw)
        leaves, *_ = found([replace(door, position=(x, y, 0.3), size=(long, 0.04, 0.6))])
        assert not leaves.seen
