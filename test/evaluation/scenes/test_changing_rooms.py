"""Rooms whose doors change, and corridors that something blocks."""

import math
from dataclasses import replace

import pytest

from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.blocked_scenes import KINDS as BLOCKED_KINDS
from skill_stack.evaluation.scenes.blocked_scenes import MANNERS, blocked_scene
from skill_stack.evaluation.scenes.changing_rooms import KINDS, NEAR, DoorWatch, changing_rooms


def test_seeds_in_a_row_have_all_kinds():
    assert [changing_rooms(seed).kind for seed in range(3)] == list(KINDS)
    assert {blocked_scene(seed).kind for seed in range(4)} == set(BLOCKED_KINDS)
    assert {blocked_scene(seed).manner for seed in range(16)} == {"", *MANNERS}
    assert changing_rooms(5) == changing_rooms(5) != changing_rooms(8)


@pytest.mark.parametrize("seed", range(6))
def test_doors_close_while_nobody_is_in_them(seed):
    rooms = changing_rooms(seed)
    assert set(rooms.closed) < set(rooms.doors)
    for change in rooms.changes:
        assert NEAR[0] <= change.near <= NEAR[1] and change.door in change.closes
        assert not set(change.closes) & set(change.opens)


@pytest.mark.parametrize("seed", range(1, 16, 4))
def test_a_door_is_ajar_and_hangs_on_its_post(seed):
    door = next(one for one in set_up(blocked_scene(seed).file, 0).objects if one.id == "door")
    low, high = sorted(door.swing)
    assert low < door.yaw < high
    ends = [door.turned(yaw) for yaw in (low, high)]
    assert all(math.dist(one.position[:2], door.position[:2]) > 0.05 for one in ends)
    walls = [one for one in set_up(blocked_scene(seed).file, 0).objects if one.kind == "wall"]
    shut = door.turned(min(door.swing, key=lambda yaw: abs(abs(yaw) - math.pi / 2)))
    assert any(abs(shut.position[0] - one.position[0]) < 0.2 for one in walls)


def test_what_must_not_be_touched_is_in_the_scene():
    for seed in range(3, 64, 4):
        scene = blocked_scene(seed)
        assert scene.untouched in {one.id for one in scene.file.objects}
        assert scene.refused == (scene.manner == "refused")


@pytest.mark.parametrize("seed", range(6))
def test_doors_change_when_a_robot_comes_near_and_coming_again_to_a_closed_one_counts(seed):
    rooms = changing_rooms(seed)
    watch, first = DoorWatch(rooms), rooms.changes[0]
    assert watch.shut == set(rooms.closed) and watch.take((-50.0, -50.0)) == {}
    moved = watch.take(rooms.doors[first.door])
    assert moved.keys() == {*first.closes, *first.opens}
    assert all(moved[name] == rooms.doors[name] for name in first.closes)
    assert watch.shut == (set(rooms.closed) | set(first.closes)) - set(first.opens)
    assert watch.visits == {first.door: 1} and watch.retried == 0
    watch.take(rooms.doors[first.door])
    assert watch.retried == 0, "it has not left"
    rest = DoorWatch(replace(rooms, changes=(first,)))
    for place in (rooms.doors[first.door], (-50.0, -50.0), rooms.doors[first.door]):
        rest.take(place)
    assert rest.retried == 1
