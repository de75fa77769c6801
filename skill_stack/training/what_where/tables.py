"""Random tables for demonstrations: things to take, and coloured mats to put them on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.training.what_where.settings import WhatWhereSettings

TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.56, 0.84, 0.4), "brown", ("table",))
MAT = (0.1, 0.1, 0.006)
CLOTH = 3e-4
"""Rolling friction of a mat of cloth, m: 0.01 (rolling resistance of a billiard ball on its cloth, 0.005 to 0.015 by
D. Alciatore, billiards.colostate.edu) times a radius of 3 cm.
The balls' own 0.001, which counts once a mat states some, is the greater.
"""
ACROSS, TALL = (0.045, 0.058), (0.05, 0.09)
"""Ranges of the width and the height of things, m."""
APART = 0.15
"""Least distance of middles, m."""
SPOTS = ((0.13, 0.47), (-0.32, 0.32))
"""Ranges of places, m."""
SOLIDS = {"box": "box", "cylinder": "cylinder", "ball": "sphere"}
_TRIES = 4000


@dataclass(frozen=True, slots=True)
class TableScene:
    """A table and a request.

    Attributes:
        seed: Its seed.
        things: Things and mats.
        target: What is to be taken, as ``red box``.
        mat: Where it goes, as ``blue mat``.
    """

    seed: int
    things: tuple[SceneObject, ...]
    target: str
    mat: str

    def setup(self) -> SceneSetup:
        """The world."""
        return SceneSetup(name="what_where", seed=self.seed, start=Pose2(0, 0, 0), objects=(TABLE, *self.things))

    def place(self, words: str) -> tuple[float, float]:
        """Where what is called so stands, m."""
        found = self.named(words)
        return found.position[0], found.position[1]

    def named(self, words: str) -> SceneObject:
        """What is called so."""
        return next(one for one in self.things if words == f"{one.colour} {one.kind}")


def table_scene(seed: int, settings: WhatWhereSettings, unseen: bool = False) -> TableScene:
    """The table of a seed.

    Args:
        seed: The seed.
        settings: Colours, shapes and counts.
        unseen: Whether the target is a thing that no demonstration shows; else there is no such thing.

    Raises:
        DataError: No table could be laid.
    """
    rng = np.random.default_rng([91, seed])
    every = [(colour, shape) for colour in settings.colours for shape in settings.shapes]
    known = [one for one in every if one not in settings.unseen]
    count = int(rng.integers(settings.things[0], settings.things[1] + 1))
    looks = [known[n] for n in rng.permutation(len(known))[:count]]
    if unseen:
        looks[0] = settings.unseen[int(rng.integers(len(settings.unseen)))]
    mats = [str(colour) for colour in rng.permutation(settings.colours)[:2]]
    spots: list[tuple[float, float]] = []
    for _ in range(_TRIES):
        spot = (float(rng.uniform(*SPOTS[0])), float(rng.uniform(*SPOTS[1])))
        if all(math.dist(spot, other) > APART for other in spots):
            spots.append(spot)
        if len(spots) == count + len(mats):
            break
    else:
        raise DataError(f"no table could be laid for seed {seed}")
    made = [thing(look, spots[number], rng) for number, look in enumerate(looks)]
    made += [mat(colour, spot) for colour, spot in zip(mats, spots[count:])]
    return TableScene(seed, tuple(made), " ".join(looks[0]), f"{mats[0]} mat")


def mat(colour: str, spot: tuple[float, float]) -> SceneObject:
    """A mat at a spot, m."""
    place, names = (*spot, TABLE.size[2] + MAT[2] / 2), (f"{colour} mat", "mat")
    return SceneObject(f"{colour}_mat", "mat", place, 0.0, "box", MAT, colour, names, rolling=CLOTH)


def thing(look: tuple[str, str], spot: tuple[float, float], rng: np.random.Generator) -> SceneObject:
    """A thing of a colour and shape at a spot, m, of random size and heading."""
    colour, shape = look
    across, tall = float(rng.uniform(*ACROSS)), float(rng.uniform(*TALL))
    tall = across if shape == "ball" else tall
    return SceneObject(
        f"{colour}_{shape}", shape, (*spot, TABLE.size[2] + tall / 2), float(rng.uniform(-0.7, 0.7)), SOLIDS[shape],
        (across, across, tall), colour, (f"{colour} {shape}", shape), True, mass=0.1, friction=0.9,
    )  # fmt: skip
