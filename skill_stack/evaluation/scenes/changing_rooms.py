"""Random rooms whose doors close and open while a robot walks through them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.world.scene_file import SceneFile

KINDS = ("closes", "opens", "swaps")
"""What changes: a door on the way closes; another one opens besides; the second door tried closes, too, and the first
opens again."""
COLUMNS, ROWS = 3, 2
SIDE = 2.6
"""Edge of a room, m."""
DOOR = 1.1
"""Width of a door, m."""
THICK, HIGH = 0.12, 0.5
"""Thickness and height of walls, m."""
NEAR = (1.4, 2.2)
"""Distance between robot and door at which something changes, m: never while the robot is in it."""
AWAY = 60.0
"""Where the leaves of open doors are, m."""
AT, LEFT = 0.9, 1.4
"""Distance to a closed door from which a robot is at it, and from which it has left it, m."""
VARIATION = {"start_yaw": 0.6, "friction": [0.6, 1.0], "added_mass": [-1.0, 1.0], "latency": [0.0, 0.015],
             "noise": [0.5, 1.5]}  # fmt: skip
Room = tuple[int, int]
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Change:
    """Doors that close and open when the robot comes near to one.

    Attributes:
        door: The door.
        near: Distance from the robot to its middle, m.
        closes: Doors that close then.
        opens: Doors that open then.
    """

    door: str
    near: float
    closes: tuple[str, ...]
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangingRooms:
    """One floor.

    Attributes:
        seed: Its seed.
        file: The scene; leaves of open doors are far away.
        kind: One of :data:`KINDS`.
        doors: Middle of each door, m.
        closed: Doors that are closed at the beginning, which the map has.
        changes: What changes, in order.
        target: Id of the target.
    """

    seed: int
    file: SceneFile
    kind: str
    doors: Mapping[str, Spot]
    closed: tuple[str, ...]
    changes: tuple[Change, ...]
    target: str = "red_ball"


class DoorWatch:
    """The doors of a floor as a robot walks through it.

    Attributes:
        shut: Doors that are closed now.
        visits: How often the robot came to each door while that stayed closed.
    """

    def __init__(self, rooms: ChangingRooms) -> None:
        """Takes the doors as they are in the beginning."""
        self._rooms, self._left, self._at = rooms, list(rooms.changes), ""
        self.shut, self.visits = set(rooms.closed), dict[str, int]()

    def take(self, place: Spot) -> dict[str, Spot]:
        """Takes where the robot is now, m.

        Returns:
            Where the leaves are from now on that closed or opened, m; empty where nothing changes.
        """
        away = {name: math.dist(spot, place) for name, spot in self._rooms.doors.items()}
        moved = {}
        if self._left and away[self._left[0].door] <= self._left[0].near:
            change = self._left.pop(0)
            self.shut = (self.shut | set(change.closes)) - set(change.opens)
            self.visits = {name: count for name, count in self.visits.items() if name not in change.opens}
            for number, (name, spot) in enumerate(self._rooms.doors.items()):
                if name in (*change.closes, *change.opens):
                    moved[name] = spot if name in change.closes else (AWAY, 3.0 * number)
        if self._at and away[self._at] > LEFT:
            self._at = ""
        near = next((name for name in self.shut if away[name] < AT), "")
        if near and not self._at:
            self._at = near
            self.visits[near] = self.visits.get(near, 0) + 1
        return moved

    @property
    def retried(self) -> int:
        """How often it came again to a door that had stayed closed."""
        return sum(count - 1 for count in self.visits.values())


def changing_rooms(seed: int) -> ChangingRooms:
    """Draws the floor of a seed: at every moment an open way leads to the target."""
    rng = np.random.default_rng((seed, 81))
    kind = KINDS[seed % len(KINDS)]
    doors = _doors(rng)
    goal = (COLUMNS - 1, int(rng.integers(ROWS)))
    while True:
        names = list(doors)
        closed = tuple(name for name in names if rng.random() < 0.2)
        changes = _changes(rng, kind, doors, closed, goal)
        if changes:
            break
    spots = {name: spot for name, (spot, _, _) in doors.items()}
    x, y = (goal[0] * SIDE + float(rng.uniform(-0.4, 0.4)), goal[1] * SIDE + float(rng.uniform(-0.4, 0.4)))
    ball = {"id": "red_ball", "kind": "ball", "shape": "sphere", "size": [0.24] * 3, "position": [x, y],
            "colour": "red"}  # fmt: skip
    raw = {"name": f"rooms_{seed}", "description": "Rooms whose doors close and open.", "size": [150.0, 150.0],
           "objects": [ball, *_walls(doors), *_leaves(doors, closed)], "variation": VARIATION}  # fmt: skip
    return ChangingRooms(seed, parse_model(SceneFile, raw, "rooms"), kind, spots, closed, changes)


def _doors(rng: np.random.Generator) -> dict[str, tuple[Spot, Room, Room]]:
    """Middle of each door and the rooms that it joins; the robot starts in the middle of room (0, 0)."""
    out: dict[str, tuple[Spot, Room, Room]] = {}
    for column in range(COLUMNS):
        for row in range(ROWS):
            off = float(rng.uniform(-0.5, 0.5))
            if column + 1 < COLUMNS:
                spot = ((column + 0.5) * SIDE, row * SIDE + off)
                out[f"door_{len(out)}"] = (spot, (column, row), (column + 1, row))
            if row + 1 < ROWS:
                spot = (column * SIDE + off, (row + 0.5) * SIDE)
                out[f"door_{len(out)}"] = (spot, (column, row), (column, row + 1))
    return out


def _changes(
    rng: np.random.Generator, kind: str, doors: Mapping[str, tuple[Spot, Room, Room]], closed: Collection[str],
    goal: Room,
) -> tuple[Change, ...]:  # fmt: skip
    """What changes; empty where the doors do not allow a change of this kind."""
    first = _way(doors, closed, (0, 0), goal)
    if not first:
        return ()
    at = int(rng.integers(len(first)))
    shut, here = first[at], _after(doors, first[:at])
    second = _way(doors, {*closed, shut}, here, goal)
    if not second:
        return ()
    near = (float(rng.uniform(*NEAR)), float(rng.uniform(*NEAR)))
    if kind == "closes":
        return (Change(shut, near[0], (shut,)),)
    if kind == "opens":
        extra = tuple(name for name in closed if rng.random() < 0.7)
        return (Change(shut, near[0], (shut,), extra),) if extra else ()
    turn = int(rng.integers(len(second)))
    other, there = second[turn], _after(doors, second[:turn], here)
    # The first is the only way then, and it is open again.
    if not _way(doors, {*closed, other}, there, goal) or _way(doors, {*closed, other, shut}, there, goal):
        return ()
    return (Change(shut, near[0], (shut,)), Change(other, near[1], (other,), (shut,)))


def _way(
    doors: Mapping[str, tuple[Spot, Room, Room]], closed: Collection[str], start: Room, goal: Room
) -> tuple[str, ...]:
    """The fewest doors from a room to another one; empty where there is no way."""
    queue: deque[tuple[Room, tuple[str, ...]]] = deque([(start, ())])
    found = {start}
    while queue:
        room, way = queue.popleft()
        if room == goal:
            return way
        for name, (_, a, b) in doors.items():
            other = b if a == room else a if b == room else None
            if other is not None and name not in closed and other not in found:
                found.add(other)
                queue.append((other, (*way, name)))
    return ()


def _after(doors: Mapping[str, tuple[Spot, Room, Room]], way: Collection[str], start: Room = (0, 0)) -> Room:
    """The room after some doors."""
    for name in way:
        _, a, b = doors[name]
        start = b if a == start else a
    return start


def _walls(doors: Mapping[str, tuple[Spot, Room, Room]]) -> list[dict[str, Any]]:
    """Walls between the rooms, with gaps for doors, and around them."""
    low, long, wide = -SIDE / 2, COLUMNS * SIDE, ROWS * SIDE
    out = [
        _box("south", low + long / 2, low, long, THICK), _box("north", low + long / 2, low + wide, long, THICK),
        _box("west", low, low + wide / 2, THICK, wide), _box("east", low + long, low + wide / 2, THICK, wide),
    ]  # fmt: skip
    for name, ((x, y), a, b) in doors.items():
        upright = a[1] == b[1]
        centre = a[1] * SIDE if upright else a[0] * SIDE
        at = y if upright else x
        for side, begin, end in (("a", centre - SIDE / 2, at - DOOR / 2), ("b", at + DOOR / 2, centre + SIDE / 2)):
            middle, length = (begin + end) / 2, end - begin
            out.append(_box(f"{name}_{side}", x, middle, THICK, length) if upright
                       else _box(f"{name}_{side}", middle, y, length, THICK))  # fmt: skip
    return out


def _leaves(doors: Mapping[str, tuple[Spot, Room, Room]], closed: Collection[str]) -> list[dict[str, Any]]:
    """Leaves of all doors, those of open ones far away."""
    out = []
    for number, (name, ((x, y), a, b)) in enumerate(doors.items()):
        at = (x, y) if name in closed else (AWAY, 3.0 * number)
        out.append(_box(name, *at, *((THICK, DOOR) if a[1] == b[1] else (DOOR, THICK))))
    return out


def _box(name: str, x: float, y: float, long: float, wide: float) -> dict[str, Any]:
    return {"id": name, "kind": "wall", "shape": "box", "size": [long, wide, HIGH], "position": [x, y]}
