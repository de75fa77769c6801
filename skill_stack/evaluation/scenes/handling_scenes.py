"""Random floors with something to touch, or to take between both hands, that is within reach from some sides alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

KINDS = ("touch", "ball", "button", "carry", "hand")
"""What is asked for: to touch a pillar, to reach for a ball on a table, to press the button on a box, to carry a box to
a table, and to hand one to a person.
"""
DISTANCE = (2.0, 3.2)
"""Distance of the target from the start, m."""
APART = 1.4
"""Least distance between things, m."""
SIDE_STEP = (58.0, 62.0)
"""How far the robot walks on, cm: half a metre, and what it may end too early."""
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
        target: What is to be touched or taken.
        beneath: What the map states that it is on; empty for the floor.
        goal: The table or the person that it is to come to; empty where it stays.
    """

    seed: int
    file: SceneFile
    words: str
    kind: str
    target: str = "target"
    beneath: str = ""
    goal: str = ""


def handling_scene(seed: int) -> HandlingScene:
    """The floor of a seed; five seeds in a row have all kinds."""
    return _scene("handling", np.random.default_rng([53, seed]), seed, KINDS[seed % len(KINDS)])


def tracking_scene(seed: int) -> HandlingScene:
    """The floor of a seed on which the robot walks on while a hand stays; three seeds in a row touch all things."""
    rng = np.random.default_rng([54, seed])
    scene = _scene("tracking", rng, seed, KINDS[seed % 3])
    side, centimetres = ("left", "right")[int(rng.integers(2))], round(float(rng.uniform(*SIDE_STEP)))
    return replace(scene, words=f"{scene.words} while you step {side} by {centimetres} cm")


def _scene(name: str, rng: np.random.Generator, seed: int, kind: str) -> HandlingScene:
    """A floor with something of a kind, and its instruction."""
    far, bearing, facing = rng.uniform(*DISTANCE), rng.uniform(-1.0, 1.0), rng.uniform(-math.pi, math.pi)
    colours = [COLOURS[int(n)] for n in rng.permutation(len(COLOURS))]
    spot = (float(far * math.cos(bearing)), float(far * math.sin(bearing)))
    if kind in ("carry", "hand"):
        things, words = _carried(rng, kind, spot, float(facing), colours[0])
    else:
        things, words = _things(rng, kind, spot, float(facing), colours[0])
    spots = [(float(one.position[0]), float(one.position[1])) for one in things]
    things += _others(rng, spots, colours[1:])
    goal = {"carry": "table", "hand": "anna"}.get(kind, "")
    file = SceneFile(name=f"{name}_{seed}", description="A floor with something to touch.", objects=tuple(things),
                     size=(14.0, 14.0), variation=VARIATION,
                     takers={things[1].id: goal} if kind == "hand" else {})  # fmt: skip
    return HandlingScene(seed, file, words, kind, beneath=things[0].id if kind != "touch" else "", goal=goal)


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


def _carried(
    rng: np.random.Generator, kind: str, spot: Spot, facing: float, colour: str
) -> tuple[list[ObjectFile], str]:
    """A light box on a stand that is hardly larger, where it is to come to, and the instruction."""
    width, depth, high = (float(value) for value in rng.uniform(0.17, 0.26, 3))
    mass, stand = float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.62, 0.74))
    while True:
        far, bearing = float(rng.uniform(2.2, 3.2)), float(rng.uniform(-math.pi, math.pi))
        there = (spot[0] + far * math.cos(bearing), spot[1] + far * math.sin(bearing))
        if math.hypot(*there) > 1.6:
            break
    size = (max(width, depth) + float(rng.uniform(0.02, 0.08)),) * 2
    things = [
        ObjectFile(
            id="stand", kind="stand", shape="box", size=(*size, stand), position=spot, yaw=facing, colour="grey",
        ),
        ObjectFile(
            id="target", kind="box", shape="box", size=(depth, width, high), position=(*spot, stand + high / 2),
            yaw=facing, colour=colour, movable=True, mass=mass,
        ),
    ]  # fmt: skip
    words = f"pick up the {colour} box with both hands"
    if kind == "hand":
        person = ObjectFile(id="anna", kind="person", shape="cylinder", size=(0.4, 0.4, 1.7), position=there)
        return [*things, person], f"{words} and hand it to me"
    length, top = float(rng.uniform(0.8, 1.2)), float(rng.uniform(0.62, 0.74))
    table = ObjectFile(
        id="table", kind="table", shape="box", size=(0.7, length, top), position=there,
        yaw=float(rng.uniform(-math.pi, math.pi)), colour="brown",
    )  # fmt: skip
    return [*things, table], f"{words} and carry it to the table"


def _others(rng: np.random.Generator, spots: Sequence[Spot], colours: Sequence[str]) -> list[ObjectFile]:
    """Things beside the way, by which the robot sees where it is."""
    kept: list[Spot] = [*spots, (0.0, 0.0)]
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
