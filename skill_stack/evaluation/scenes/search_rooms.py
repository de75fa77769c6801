"""Random flats to search: rooms, occluding furniture, and a target that is present or not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup

Array = np.ndarray
WALL, HIGH, DOOR = 0.1, 0.8, 1.3  # m
ROOMS = ("kitchen", "office", "living room")
USUAL = 0.7
"""Share of objects in the usual room of their kind."""
THERE = 0.5
"""Share of flats with the target."""
COLOURS = ("red", "blue", "green", "yellow", "orange", "purple", "pink")
FURNITURE = ("brown", "black", "white")
KINDS = {"ball": "living room", "box": "office", "cylinder": "kitchen"}
"""Kinds of objects and their usual rooms: the robot's prior knowledge."""
_SHAPES = {"ball": "sphere", "box": "box", "cylinder": "cylinder"}
_TRIES = 300


@dataclass(frozen=True, slots=True)
class Flat:
    """One flat with its truth.

    Attributes:
        seed: Its seed.
        rooms: Low and high corner of each room, m, by name; stated.
        objects: Everything that stands there.
        start: Where the robot starts.
        kind: Kind of what is looked for.
        colour: Its colour.
        target: Id of it; empty where it is not there.
    """

    seed: int
    rooms: dict[str, tuple[tuple[float, float], tuple[float, float]]]
    objects: tuple[SceneObject, ...]
    start: Pose2
    kind: str
    colour: str
    target: str

    def setup(self) -> SceneSetup:
        """The world to draw."""
        return SceneSetup(name="flat", seed=self.seed, start=self.start, objects=self.objects)


def random_flat(seed: int) -> Flat:
    """The flat of a seed: three rooms side by side, doors between them."""
    rng = np.random.default_rng([21, seed])
    widths = rng.uniform(3.0, 4.2, 3)
    depth = float(rng.uniform(4.0, 5.5))
    edges = np.concatenate([[0.0], np.cumsum(widths)]).tolist()
    names = rng.permutation(ROOMS).tolist()
    rooms = {name: ((a, 0.0), (b, depth)) for name, a, b in zip(names, edges, edges[1:])}
    doors = [(edge, float(rng.uniform(0.9, depth - 0.9))) for edge in edges[1:-1]]
    objects = _walls(edges[-1], depth, doors)
    kind, colour = str(rng.choice(list(KINDS))), str(rng.choice(COLOURS))
    first = names[int(rng.integers(3))]
    (a, _), (b, _) = rooms[first]
    start = Pose2((a + b) / 2, depth / 2, float(rng.uniform(-math.pi, math.pi)))
    keep = [(start.x, start.y, 0.7), *((x, y, 0.9) for x, y in doors)]
    for name in names:
        for _ in range(int(rng.integers(1, 4))):
            _put(rng, objects, rooms[name], keep, _furniture(rng, len(objects)), 0.55)
    others = [(k, c) for k in KINDS for c in COLOURS if (k, c) != (kind, colour)]
    for number in rng.choice(len(others), 7, replace=False):
        room = rooms[names[int(rng.integers(3))]]
        _put(rng, objects, room, keep, _thing(rng, *others[int(number)], len(objects)), 0.1)
    target = ""
    if rng.random() < THERE:
        usual = rng.random() < USUAL
        where = KINDS[kind] if usual else str(rng.choice([n for n in names if n != KINDS[kind]]))
        thing = _thing(rng, kind, colour, len(objects))
        target = thing.id if _put(rng, objects, rooms[where], keep, thing, 0.1) else ""
    return Flat(seed, rooms, tuple(objects), start, kind, colour, target)


def _walls(length: float, depth: float, doors: list[tuple[float, float]]) -> list[SceneObject]:
    """Walls around the flat, and between its rooms with a gap for each door."""
    parts = [(length / 2, 0.0, length, WALL), (length / 2, depth, length, WALL)]
    parts += [(0.0, depth / 2, WALL, depth), (length, depth / 2, WALL, depth)]
    for x, y in doors:
        low, high = y - DOOR / 2, y + DOOR / 2
        parts += [(x, low / 2, WALL, low), (x, (high + depth) / 2, WALL, depth - high)]
    return [
        SceneObject(f"wall_{n}", "wall", (x, y, HIGH / 2), 0.0, "box", (w, d, HIGH), "grey")
        for n, (x, y, w, d) in enumerate(parts)
    ]


def _furniture(rng: np.random.Generator, number: int) -> SceneObject:
    size = (float(rng.uniform(0.4, 1.0)), float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.35, 0.7)))
    colour = str(rng.choice(FURNITURE))
    return SceneObject(f"furniture_{number}", "furniture", (0, 0, size[2] / 2), 0.0, "box", size, colour)


def _thing(rng: np.random.Generator, kind: str, colour: str, number: int) -> SceneObject:
    a = float(rng.uniform(0.16, 0.26))
    size = {"ball": (a, a, a), "box": (a, a * 1.2, a), "cylinder": (a * 0.8, a * 0.8, a * 1.5)}[kind]
    yaw = float(rng.uniform(-0.7, 0.7)) if kind == "box" else 0.0
    return SceneObject(f"{colour}_{kind}_{number}", kind, (0, 0, size[2] / 2), yaw, _SHAPES[kind], size, colour)


def _put(
    rng: np.random.Generator,
    objects: list[SceneObject],
    room: tuple[tuple[float, float], tuple[float, float]],
    keep: list[tuple[float, float, float]],
    thing: SceneObject,
    gap: float,
) -> bool:
    """Puts a thing where there is room; whether there was."""
    (a, b), (c, d) = room
    edge = thing.radius + 0.12
    for _ in range(_TRIES):
        x, y = float(rng.uniform(a + edge, c - edge)), float(rng.uniform(b + edge, d - edge))
        free = all(math.dist((x, y), (u, v)) > r + thing.radius for u, v, r in keep)
        others = [one for one in objects if one.kind != "wall"]
        if free and all(math.dist((x, y), o.position[:2]) > thing.radius + o.radius + gap for o in others):
            place = (x, y, thing.size[2] / 2)
            objects.append(SceneObject(thing.id, thing.kind, place, thing.yaw, thing.shape, thing.size, thing.colour))
            return True
    return False
