"""Random floors with a task for three robots whose ways cross, which is divided among them, or leads through a door."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import ObjectFile, SceneFile
from skill_stack.evaluation.scenes.way_scenes import COLOURS, SHAPES, VARIATION

KINDS = ("crossing", "divided", "doorway")
NAMES = ("rex", "bolt", "ada")
PAIR = ("rex", "ada")
"""A dog and a humanoid."""
SIZE = 0.3
"""Extent of the things, m."""
APART = 1.6
"""Least distance between two things and between a thing and a start, m, so that robots can stand at all of them."""
DOOR = (0.9, 1.2)
"""Width of the doorway, m: one robot of 0.4 m with its clearance, not two."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TeamScene:
    """One floor and its task.

    Attributes:
        seed: Its seed.
        kind: One of :data:`KINDS`.
        file: The scene.
        starts: Where each robot starts, by name.
        words: The task for all.
        targets: Things to be gone to.
        named: Which robot has to go to each, for a task that says so.
    """

    seed: int
    kind: str
    file: SceneFile
    starts: Mapping[str, Pose2]
    words: str
    targets: tuple[str, ...]
    named: Mapping[str, str]


def team_scene(seed: int) -> TeamScene:
    """The floor of a seed; three seeds in a row have all kinds."""
    rng = np.random.default_rng([61, seed])
    kind = KINDS[seed % len(KINDS)]
    looks = [(colour, what) for colour in COLOURS for what in SHAPES]
    looks = [looks[int(number)] for number in rng.permutation(len(looks))]
    starts, spots, walls = {"crossing": _crossing, "divided": _divided, "doorway": _doorway}[kind](rng)
    scene = _named_scene(seed, kind, NAMES, looks, starts, spots, walls)
    if kind != "divided":
        return scene
    labels = [f"the {one.resolve().label}" for one in scene.file.objects]
    words = f"go to {', '.join(labels[:-1])} and {labels[-1]}"
    return replace(scene, words=words, named={})


def mixed_scene(seed: int) -> TeamScene:
    """The floor of a seed for a dog and a humanoid: they cross, or both go through a doorway, from either side."""
    rng = np.random.default_rng([62, seed])
    kind = ("crossing", "doorway")[seed % 2]
    looks = [(colour, what) for colour in COLOURS for what in SHAPES]
    looks = [looks[int(number)] for number in rng.permutation(len(looks))]
    starts, spots, walls = _facing(rng) if kind == "crossing" else _doorway(rng)
    return _named_scene(seed, kind, PAIR, looks, starts[:2], spots[:2], walls)


def _facing(rng: np.random.Generator) -> tuple[list[Pose2], list[Spot], list[ObjectFile]]:
    """Two robots that face one another, each with its thing behind the other."""
    turn = float(rng.uniform(-math.pi, math.pi))
    angles = [turn, turn + math.pi + float(rng.uniform(-0.5, 0.5))]
    places = [_at(angle, float(rng.uniform(1.8, 2.6))) for angle in angles]
    starts = [Pose2(x, y, angle + math.pi + float(rng.uniform(-0.4, 0.4)))
              for (x, y), angle in zip(places, angles, strict=True)]  # fmt: skip
    return starts, [_at(angle + math.pi, float(rng.uniform(2.2, 3.0))) for angle in angles], []


def _named_scene(
    seed: int, kind: str, names: Sequence[str], looks: Sequence[Any], starts: Sequence[Pose2],
    spots: Sequence[Spot], walls: Sequence[ObjectFile],
) -> TeamScene:  # fmt: skip
    """A floor on which every robot is told where to go."""
    things = [
        ObjectFile(id=f"thing_{n}", kind=what, shape=shape, size=(SIZE,) * 3, position=spot, colour=colour)
        for n, (spot, (colour, (what, shape, _))) in enumerate(zip(spots, looks))
    ]
    labels = [f"the {one.resolve().label}" for one in things]
    words = ", ".join(f"{name}, go to {label}" for name, label in zip(names, labels))
    words = words.replace(f", {names[-1]},", f", and {names[-1]},")
    file = SceneFile(name=f"team_{seed}", description="A floor with a task for several robots.", size=(16.0, 16.0),
                     objects=(*things, *walls), variation=VARIATION.model_copy(update={"start_yaw": 0.0}))  # fmt: skip
    named = {one.id: name for one, name in zip(things, names)}
    targets = tuple(one.id for one in things)
    return TeamScene(seed, kind, file, dict(zip(names, starts)), words, targets, named)


def _crossing(rng: np.random.Generator) -> tuple[list[Pose2], list[Spot], list[ObjectFile]]:
    """Robots around a floor, each with its thing on the other side."""
    turn = float(rng.uniform(-math.pi, math.pi))
    angles = [turn + n * 2 * math.pi / 3 + float(rng.uniform(-0.4, 0.4)) for n in range(3)]
    starts = []
    for angle in angles:
        x, y = _at(angle, float(rng.uniform(2.0, 3.0)))
        starts.append(Pose2(x, y, angle + math.pi + float(rng.uniform(-0.5, 0.5))))
    return starts, [_at(angle + math.pi, float(rng.uniform(2.4, 3.2))) for angle in angles], []


def _divided(rng: np.random.Generator) -> tuple[list[Pose2], list[Spot], list[ObjectFile]]:
    """Robots in a row, and six things anywhere before and behind them."""
    starts = [Pose2(0.0, aside, float(rng.uniform(-math.pi, math.pi))) for aside in (-1.3, 0.0, 1.3)]
    spots: list[Spot] = []
    while len(spots) < 6:
        spot = (float(rng.uniform(-4.0, 4.0)), float(rng.uniform(-3.5, 3.5)))
        if all(math.dist(spot, other) > APART for other in [*spots, *((one.x, one.y) for one in starts)]):
            spots.append(spot)
    return starts, spots, []


def _doorway(rng: np.random.Generator) -> tuple[list[Pose2], list[Spot], list[ObjectFile]]:
    """Two robots have to go through a doorway from one side, one from the other."""
    middle, half = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(*DOOR)) / 2
    walls = [
        ObjectFile(id=f"wall_{n}", kind="wall", size=(0.1, 4.0, 0.8), position=(0.0, middle + side * (half + 2.0)))
        for n, side in enumerate((-1, 1))
    ]

    def spot(side: int, aside: tuple[float, float], far: tuple[float, float]) -> Spot:
        return side * float(rng.uniform(*far)), middle + float(rng.uniform(*aside))

    left, right = (-1, 1) if rng.integers(2) else (1, -1)
    places = [spot(left, (-0.4, 0.4), (1.4, 2.4)), spot(right, (-0.4, 0.4), (1.4, 2.4)),
              spot(left, (1.3, 2.2), (1.2, 2.4))]  # fmt: skip
    starts = [Pose2(x, y, (math.pi if x > 0 else 0.0) + float(rng.uniform(-0.3, 0.3))) for x, y in places]
    # Beside the straight line through the door, so that who has arrived there does not stand in the way of others.
    spots = [spot(right, (1.2, 2.2), (1.6, 3.0)), spot(left, (-2.2, -1.2), (1.6, 3.0)),
             spot(right, (-2.2, -1.2), (1.6, 3.0))]  # fmt: skip
    return starts, spots, walls


def _at(angle: float, far: float) -> Spot:
    return far * math.cos(angle), far * math.sin(angle)


def alone(scene: TeamScene) -> tuple[str, Sequence[str]]:
    """The robot for which the whole task is shortest, and the things in the order of its tour, nearest first."""
    tours = []
    for name, start in scene.starts.items():
        here, left, order, length = (start.x, start.y), dict(_spots(scene)), list[str](), 0.0
        while left:
            best = min(left, key=lambda one: math.dist(here, left[one]))
            length, here = length + math.dist(here, left[best]), left.pop(best)
            order.append(best)
        tours.append((length, name, order))
    _, name, order = min(tours)
    return name, order


def _spots(scene: TeamScene) -> dict[str, Spot]:
    return {one.id: (one.position[0], one.position[1]) for one in scene.file.objects if one.id in scene.targets}
