"""Crowding: room for fingers beside things, and the push that makes it."""

import math
from dataclasses import replace

import pytest

from skill_stack.core.spatial.crowding import SPARE, best_push, finger_room
from skill_stack.core.world.scene import SceneObject

TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.6, 1.0, 0.4))


def block(name: str, x: float, y: float, shape: str = "box") -> SceneObject:
    return SceneObject(name, "box", (x, y, 0.425), 0.0, shape, (0.05, 0.05, 0.05))


def grid(rows: int, columns: int) -> list[SceneObject]:
    return [block(f"b{i}{j}", 0.25 + 0.052 * i, -0.1 + 0.052 * j) for i in range(rows) for j in range(columns)]


def test_a_lone_thing_has_room_and_a_packed_one_has_none():
    alone = block("a", 0.3, 0.0)
    assert finger_room(alone, [TABLE, alone]) == SPARE[0]
    packed = grid(3, 3)
    assert all(finger_room(one, [TABLE, *packed]) == 0.0 for one in packed)


def test_two_free_faces_are_enough_and_low_things_do_not_count():
    row = [TABLE, *grid(1, 3)]
    assert finger_room(row[2], row) == SPARE[0]
    tile = replace(block("tile", 0.36, 0.0), position=(0.36, 0.0, 0.403), size=(0.05, 0.05, 0.006))
    assert finger_room(block("a", 0.3, 0.0), [TABLE, tile]) == SPARE[0]


@pytest.mark.parametrize("turn", [0.0, 0.6])
def test_a_push_along_a_row_frees_what_it_moves(turn):
    """The predicted end of the push leaves room, which is checked by moving the row by hand."""
    c, s = math.cos(turn), math.sin(turn)
    things = [
        replace(one, position=(0.3 + c * (one.position[0] - 0.3) - s * one.position[1],
                               s * (one.position[0] - 0.3) + c * one.position[1], one.position[2]), yaw=turn)
        for one in grid(3, 2)
    ]  # fmt: skip
    target = things[0]
    push = best_push(target, [TABLE, *things])
    assert push is not None and push.gain > 0.0
    away = min(math.dist(push.start, one.position[:2]) for one in things)
    assert away > 0.025 + 0.014, "the finger comes down beside the blocks"
    ahead = [one for one in things if _on_line(one, push)]
    far = math.dist(push.start, push.end) - 0.006
    shift = (far * math.cos(push.angle), far * math.sin(push.angle))
    moved = {
        one.id: replace(one, position=(one.position[0] + shift[0], one.position[1] + shift[1], one.position[2]))
        for one in ahead
    }
    after = [moved.get(one.id, one) for one in things]
    assert finger_room(moved.get(target.id, target), [TABLE, *after]) > 0.0


def _on_line(one: SceneObject, push) -> bool:
    x, y = one.position[0] - push.start[0], one.position[1] - push.start[1]
    return abs(y * math.cos(push.angle) - x * math.sin(push.angle)) < 0.02


def test_nothing_is_pushed_off_the_table_or_into_what_cannot_be_pushed():
    small_table = replace(TABLE, size=(0.18, 0.18, 0.4), position=(0.3, -0.05, 0.2))
    things = grid(3, 3)
    assert best_push(things[4], [small_table, *things]) is None
    walls = [replace(TABLE, id=f"wall{n}", position=place, size=size) for n, (place, size) in enumerate([
        ((0.3, -0.3, 0.5), (0.6, 0.3, 0.3)), ((0.3, 0.2, 0.5), (0.6, 0.3, 0.3)),
        ((0.05, -0.05, 0.5), (0.3, 0.6, 0.3)), ((0.55, -0.05, 0.5), (0.3, 0.6, 0.3)),
    ])]  # fmt: skip
    assert best_push(things[4], [TABLE, *walls, *things]) is None
