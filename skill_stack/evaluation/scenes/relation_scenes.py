"""Random tables with two similar objects, of which one is identified by its relation to a third."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

TABLE_TOP = 0.4
"""Height of the table, m."""
TABLE = (0.56, 0.84)
"""Extent of the table along x and y, m."""
PLACE = (0.3, 0.0)
"""Its middle, m; the hand reaches 0.5 m far."""
RIM = 0.09
"""Distance of a thing's middle from the table's edge, m."""
APART = 0.19
"""Least distance between the middles of two things, m: room for an open hand from above."""
NEAR = 0.42
"""Largest distance of what is meant from what it is beside, m."""
CLEAR = math.radians(30.0)
"""Largest angle off the direction that a relation names at which it clearly holds."""
WRONG = math.radians(65.0)
"""Least angle at which it clearly does not."""
COLOURS = ("red", "green", "blue", "yellow", "purple")
MORE = (1, 3)
"""Least and largest number of further things, besides the two of equal appearance and their reference object."""
MASS, FRICTION = (0.05, 0.15), (0.6, 1.0)
"""Ranges of mass, kg, and friction coefficient of things."""
NOISE, LATENCY, STRENGTH = (0.5, 1.5), (0.0, 0.01), (0.9, 1.1)
"""Ranges of sensor noise and motor strength, as factors, and of latency, s, as hands are measured in."""
SIDES = {"left": 0.5 * math.pi, "right": -0.5 * math.pi, "behind": 0.0, "front": math.pi}
"""Directions of relations from the map's x axis, rad, along which a robot that is bolted down faces the table."""
PHRASES = {
    "left": ("left of", "to the left of"),
    "right": ("right of", "to the right of"),
    "behind": ("behind",),
    "front": ("in front of",),
}
VERBS = ("pick up", "grab", "take")
WORDS = {"box": ("box", "cube"), "cylinder": ("cylinder",), "ball": ("ball",)}
_TRIES = 2000
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RelationScene:
    """One table and its request.

    Attributes:
        seed: Its seed.
        file: The scene as a file would state it.
        words: The instruction.
        target: Id of the thing that is meant.
        relation: ``left``, ``right``, ``behind`` or ``front`` of the third one, along the map's x axis.
    """

    seed: int
    file: SceneFile
    words: str
    target: str
    relation: str


def relation_scene(seed: int) -> RelationScene:
    """The scene of a seed.

    Raises:
        DataError: No layout was found, which no seed so far has led to.
    """
    rng = np.random.default_rng([31, seed])
    count = 3 + int(rng.integers(MORE[0], MORE[1] + 1))
    for _ in range(_TRIES):
        spots = _spots(rng, count)
        fitting = [told for roles in permutations(range(len(spots)), 3) for told in _told_apart(spots, roles)]
        if len(spots) == count and fitting:
            relation, order = fitting[int(rng.integers(len(fitting)))]
            return _scene(rng, seed, relation, [spots[number] for number in order])
    raise DataError(f"no table could be laid for seed {seed}")


def angle_off(relation: str, spot: Spot, other: Spot) -> float:
    """Angle between the direction that a relation names and where a thing is beside another one, rad, 0 to pi.

    Args:
        relation: One of :data:`SIDES`.
        spot: Place of the thing, m.
        other: Place of the other one, m.
    """
    angle = math.atan2(spot[1] - other[1], spot[0] - other[0]) - SIDES[relation]
    return abs(math.remainder(angle, 2 * math.pi))


def _spots(rng: np.random.Generator, count: int) -> list[Spot]:
    """Places on the table that are far enough apart; fewer where there was no room."""
    found: list[Spot] = []
    for _ in range(60):
        spot = tuple(float(m + rng.uniform(-1, 1) * (size / 2 - RIM)) for m, size in zip(PLACE, TABLE))
        if all(math.dist(spot, other) >= APART for other in found):
            found.append((spot[0], spot[1]))
        if len(found) == count:
            break
    return found


def _told_apart(spots: list[Spot], roles: tuple[int, ...]) -> list[tuple[str, list[int]]]:
    """Relations that hold for the first of three places beside the third, and clearly not for the second.

    Each comes with the order of all places: these three, then the rest.
    """
    target, alike, other = (spots[number] for number in roles)
    if math.dist(target, other) > NEAR:
        return []
    order = [*roles, *(number for number in range(len(spots)) if number not in roles)]
    return [
        (relation, order)
        for relation in SIDES
        if angle_off(relation, target, other) <= CLEAR and angle_off(relation, alike, other) >= WRONG
    ]


def _scene(rng: np.random.Generator, seed: int, relation: str, spots: list[Spot]) -> RelationScene:
    """The scene with things at places: the target, its double, the reference object, and the rest."""
    looks = [(colour, kind) for colour in COLOURS for kind in WORDS]
    chosen = [looks[int(number)] for number in rng.permutation(len(looks))[: len(spots) - 1]]
    chosen.insert(1, chosen[0])
    things = [_thing(rng, f"thing_{number}", *look, spot) for number, (look, spot) in enumerate(zip(chosen, spots))]
    table = ObjectFile(
        id="table", kind="table", size=(*TABLE, TABLE_TOP), position=PLACE, colour="brown", names=("table",)
    )
    one, beside = (f"{colour} {rng.choice(WORDS[kind])}" for colour, kind in (chosen[0], chosen[2]))
    words = f"{rng.choice(VERBS)} the {one} {rng.choice(PHRASES[relation])} the {beside}"
    variation = VariationFile(noise=NOISE, latency=LATENCY, motor_strength=STRENGTH)
    file = SceneFile(
        name="relations", description=words, size=(3.0, 3.0), objects=(table, *things), variation=variation
    )
    return RelationScene(seed, file, words, things[0].id, relation)


def _thing(rng: np.random.Generator, name: str, colour: str, kind: str, spot: Spot) -> ObjectFile:
    """One thing of a size that a hand takes from above."""
    shape, size, yaw = _body(rng, kind)
    changes: dict[str, Any] = {"mass": float(rng.uniform(*MASS)), "friction": float(rng.uniform(*FRICTION))}
    place = (*spot, TABLE_TOP + size[2] / 2)
    return ObjectFile(
        id=name, kind=kind, shape=shape, size=size, position=place, yaw=yaw, colour=colour, movable=True, **changes
    )


def _body(rng: np.random.Generator, kind: str) -> tuple[Any, tuple[float, float, float], float]:
    """Shape, size in m and heading in rad of a thing."""
    if kind == "ball":
        across = float(rng.uniform(0.055, 0.07))
        return "sphere", (across, across, across), 0.0
    tall = float(rng.uniform(0.08, 0.11))
    if kind == "cylinder":
        across = float(rng.uniform(0.045, 0.065))
        return "cylinder", (across, across, tall), 0.0
    narrow = float(rng.uniform(0.04, 0.055))
    return "box", (narrow, narrow * float(rng.uniform(1.0, 1.4)), tall), float(rng.uniform(-0.7, 0.7))
