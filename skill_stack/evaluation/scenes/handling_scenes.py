"""Random floors with something to touch that is within reach from one side alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

KINDS = ("touch", "ball", "button")
"""What is asked for: to touch a pillar, to reach for a ball on a table, to press the button on a box."""
DISTANCE = (2.0, 3.2)
"""Distance of the target from the start, m."""
APART = 1.4
"""Least distance between things, m."""
VARIATION = VariationFile(
    start_yaw=0.6, friction=(0.5, 1.2), added_mass=(-1.0, 1.5), latency=(0.0, 0.015), noise=(0.5, 1.5),
    motor_strength=(0.9, 1.1),
)  # fmt: skip
"""What the seed changes besides, as in the suite of the humanoid, but for its pushes."""
COLOURS = ("red", "green", "blue", "yellow")
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class HandlingScene:
    """One floor and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        words: The instruction.
        kind: One of :data:`KINDS`.
        target: What is to be touched.
        beneath: What the map states that it is on; empty for the floor.
    """

    seed: int
    file: SceneFile
    words: str
    kind: str
    target: str = "target"
    beneath: str = ""


def handling_scene(seed: int) -> HandlingScene:
    """The floor of a seed; three seeds in a row have all kinds."""
    rng = np.random.default_rng([53, seed])
    kind = KINDS[seed % len(KINDS)]
    far, bearing, facing = rng.uniform(*DISTANCE), rng.uniform(-1.0, 1.0), rng.uniform(-math.pi, math.pi)
    colours = [COLOURS[int(n)] for n in rng.permutation(len(COLOURS))]
    spot = (float(far * math.cos(bearing)), float(far * math.sin(bearing)))
    things, words = _things(rng, kind, spot, float(facing), colours[0])
    things += _others(rng, spot, colours[1:])
    file = SceneFile(name=f"handling_{seed}", description="A floor with something to touch.", objects=tuple(things),
                     size=(14.0, 14.0), variation=VARIATION)  # fmt: skip
    return HandlingScene(seed, file, words, kind, beneath=things[0].id if kind != "touch" else "")


def _things(
    rng: np.random.Generator, kind: str, spot: Spot, facing: float, colour: str
) -> tuple[list[ObjectFile], str]:
    """The target, what it is on, and the instruction."""
    c, s = math.cos(facing), math.sin(facing)
    if kind == "touch":
        width, high = float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.8, 1.0))
        target = ObjectFile(
            id="target", kind="pillar", shape="cylinder", size=(width, width, high), position=spot, colour=colour
        )
        return [target], f"touch the {colour} pillar"
    if kind == "ball":
        width, high, ball = float(rng.uniform(0.9, 1.2)), float(rng.uniform(0.65, 0.75)), float(rng.uniform(0.16, 0.22))
        table = ObjectFile(
            id="table", kind="table", shape="box", size=(0.7, width, high), position=spot, yaw=facing, colour="brown"
        )
        out, aside = 0.35 - ball / 2 - 0.02, float(rng.uniform(-0.2, 0.2))
        place = (spot[0] + c * out - s * aside, spot[1] + s * out + c * aside, high + ball / 2)
        target = ObjectFile(
            id="target", kind="ball", shape="sphere", size=(ball, ball, ball), position=place, colour=colour
        )
        return [table, target], f"reach for the {colour} ball"
    high = float(rng.uniform(0.9, 1.1))
    box = ObjectFile(id="box", kind="box", shape="box", size=(0.4, 0.5, high), position=spot, yaw=facing, colour=colour)
    aside, up = float(rng.uniform(-0.15, 0.15)), float(rng.uniform(0.8, 0.88))
    place = (spot[0] + c * 0.2 - s * aside, spot[1] + s * 0.2 + c * aside, up)
    target = ObjectFile(
        id="target", kind="button", shape="sphere", size=(0.06, 0.06, 0.06), position=place, colour="black"
    )
    return [box, target], "press the button on the box"


def _others(rng: np.random.Generator, spot: Spot, colours: Sequence[str]) -> list[ObjectFile]:
    """Things beside the way, by which the robot sees where it is."""
    kept: list[Spot] = [spot, (0.0, 0.0)]
    out: list[ObjectFile] = []
    while len(out) < len(colours):
        place = (float(rng.uniform(-4.0, 4.0)), float(rng.uniform(-4.0, 4.0)))
        if min(math.dist(place, other) for other in kept) < APART:
            continue
        kept.append(place)
        name, size = f"cone_{len(out)}", (0.25, 0.25, 0.4)
        out.append(
            ObjectFile(id=name, kind="cone", shape="cylinder", size=size, position=place, colour=colours[len(out)])
        )
    return out
