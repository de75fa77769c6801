"""Composed things with parts whose place is known: mugs, pots, pans, boxes with a button and chairs, to be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import Eye

Array = np.ndarray
COLOURS = ("red", "green", "blue", "yellow", "purple", "orange")
KINDS = ("mug", "cup", "pot", "pan", "box", "chair")
GROWN = 0.01
"""By how much the volume of a part is grown in which its point counts as right, m."""
LEAST = 40
"""Pixels of a part of its own that a look must show for it to be asked."""
STAVES = 24


@dataclass(frozen=True, slots=True)
class TruePart:
    """One part.

    Attributes:
        name: What it is.
        middle: Of its volume, in ``map``, m.
        half: Half of its extents along its own axes, m.
        yaw: Heading of these axes, rad.
        outward: Direction in which it points; None where that is not asked.
        shown_by: Id of the geom whose pixels show it; empty for those of the whole thing.
    """

    name: str
    middle: tuple[float, float, float]
    half: tuple[float, float, float]
    yaw: float
    outward: tuple[float, float, float] | None
    shown_by: str = ""

    def holds(self, point: Array) -> bool:
        """Whether a point, m, lies in its volume, grown by :data:`GROWN`."""
        x, y = Pose2(*self.middle[:2], self.yaw).local(float(point[0]), float(point[1]))
        off = np.abs((x, y, float(point[2]) - self.middle[2]))
        return bool((off <= np.array(self.half) + GROWN).all())


@dataclass(frozen=True, slots=True)
class PartScene:
    """One composed thing.

    Attributes:
        seed: Its seed.
        kind: What it is.
        colour: Its colour.
        whole: The thing as a map would state it.
        geoms: What it is made of.
        parts: Its parts.
        eye: Where the camera looks from.
    """

    seed: int
    kind: str
    colour: str
    whole: SceneObject
    geoms: tuple[SceneObject, ...]
    parts: tuple[TruePart, ...]
    eye: Eye

    def setup(self) -> SceneSetup:
        """The world to draw."""
        return SceneSetup(name="parts", seed=self.seed, start=Pose2(0, 0, 0), objects=self.geoms)


def part_scene(seed: int) -> PartScene:
    """The scene of a seed."""
    rng = np.random.default_rng([61, seed])
    kind, colour = str(rng.choice(KINDS)), str(rng.choice(COLOURS))
    at = Pose2(float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-math.pi, math.pi)))
    make = {"mug": _mug, "cup": _mug, "pot": _pot, "pan": _pan, "box": _buttoned, "chair": _chair}[kind]
    whole, geoms, parts = make(rng, kind, colour, at)
    away = float(rng.uniform(0.45, 0.8)) + (1.2 if kind == "chair" else 0.0)
    turn, steep = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(0.5, 0.9))
    target = (at.x, at.y, whole.position[2])
    flat = away * math.cos(steep)
    place = (at.x + flat * math.cos(turn), at.y + flat * math.sin(turn), whole.position[2] + away * math.sin(steep))
    return PartScene(seed, kind, colour, whole, tuple(geoms), tuple(parts), Eye(place, target))


Made = tuple[SceneObject, list[SceneObject], list[TruePart]]


def _geom(name: str, shape: str, colour: str, at: Pose2, local: tuple[float, float, float], yaw: float,
          size: tuple[float, float, float]) -> SceneObject:  # fmt: skip
    there = at.compose(Pose2(local[0], local[1], yaw))
    return SceneObject(name, name, (there.x, there.y, local[2]), there.yaw, shape, size, colour)


def _tube(colour: str, at: Pose2, radius: float, tall: float) -> Iterator[SceneObject]:
    """An open vessel: a bottom, and staves around it."""
    yield _geom("bottom", "cylinder", colour, at, (0, 0, 0.005), 0.0, (2 * radius, 2 * radius, 0.01))
    for n in range(STAVES):
        turn = n * math.tau / STAVES
        off = ((radius - 0.002) * math.cos(turn), (radius - 0.002) * math.sin(turn), tall / 2)
        wide = 1.1 * math.tau * radius / STAVES
        yield _geom(f"stave_{n}", "box", colour, at, off, turn, (0.004, wide, tall))


def _bow(colour: str, at: Pose2, radius: float, tall: float) -> list[SceneObject]:
    """A handle at the front of an upright body."""
    out, thick = 0.028, 0.012
    bars = [(radius + out / 2, share * tall, (out, thick, thick)) for share in (0.78, 0.28)]
    bars.append((radius + out, 0.53 * tall, (thick, thick, 0.5 * tall + thick)))
    return [_geom(f"handle_{n}", "box", colour, at, (x, 0.0, z), 0.0, size) for n, (x, z, size) in enumerate(bars)]


def _in_map(at: Pose2, local: tuple[float, float, float]) -> tuple[float, float, float]:
    there = at.compose(Pose2(local[0], local[1], 0.0))
    return there.x, there.y, local[2]


def _outward(at: Pose2) -> tuple[float, float, float]:
    return math.cos(at.yaw), math.sin(at.yaw), 0.0


def _vessel(kind: str, colour: str, at: Pose2, radius: float, tall: float) -> SceneObject:
    size = (2 * radius, 2 * radius, tall)
    return SceneObject(kind, kind, (at.x, at.y, tall / 2), at.yaw, "cylinder", size, colour)


def _mug(rng: np.random.Generator, kind: str, colour: str, at: Pose2) -> Made:
    radius, tall = float(rng.uniform(0.035, 0.05)), float(rng.uniform(0.08, 0.12))
    geoms, parts = list(_tube(colour, at, radius, tall)), []
    parts.append(TruePart("rim", _in_map(at, (0, 0, tall)), (radius, radius, 0.012), at.yaw, None))
    parts.append(TruePart("opening", _in_map(at, (0, 0, tall)), (0.8 * radius, 0.8 * radius, 0.012), at.yaw, (0, 0, 1)))
    if kind == "mug":
        geoms += _bow(colour, at, radius, tall)
        middle = _in_map(at, (radius + 0.014, 0.0, 0.53 * tall))
        parts.append(TruePart("handle", middle, (0.022, 0.008, 0.32 * tall), at.yaw, _outward(at), "handle_2"))
    return _vessel(kind, colour, at, radius, tall), geoms, parts


def _pot(rng: np.random.Generator, kind: str, colour: str, at: Pose2) -> Made:
    radius, tall = float(rng.uniform(0.05, 0.08)), float(rng.uniform(0.07, 0.13))
    size = (2 * radius, 2 * radius, tall)
    geoms = [_geom("body", "cylinder", colour, at, (0, 0, tall / 2), 0.0, size)]
    parts = [TruePart("lid", _in_map(at, (0, 0, tall)), (0.7 * radius, 0.7 * radius, 0.01), at.yaw, (0, 0, 1))]
    return _vessel(kind, colour, at, radius, tall), geoms, parts


def _pan(rng: np.random.Generator, kind: str, colour: str, at: Pose2) -> Made:
    radius, tall, long = float(rng.uniform(0.06, 0.09)), 0.04, float(rng.uniform(0.12, 0.17))
    geoms = [_geom("body", "cylinder", colour, at, (0, 0, tall / 2), 0.0, (2 * radius, 2 * radius, tall))]
    geoms.append(_geom("handle_0", "box", colour, at, (radius + long / 2 - 0.005, 0, 0.03), 0.0, (long, 0.02, 0.015)))
    middle = _in_map(at, (radius + long / 2, 0.0, 0.03))
    parts = [TruePart("handle", middle, (long / 2, 0.01, 0.008), at.yaw, _outward(at), "handle_0")]
    return _vessel(kind, colour, at, radius, tall), geoms, parts


def _buttoned(rng: np.random.Generator, kind: str, colour: str, at: Pose2) -> Made:
    a, b, tall = (float(value) for value in rng.uniform(0.09, 0.15, 3))
    other = str(rng.choice([one for one in ("white", "black", "red", "green") if one != colour]))
    x, y = float(rng.uniform(-0.25, 0.25)) * a, float(rng.uniform(-0.25, 0.25)) * b
    geoms = [_geom("body", "box", colour, at, (0, 0, tall / 2), 0.0, (a, b, tall))]
    geoms.append(_geom("button_0", "cylinder", other, at, (x, y, tall), 0.0, (0.022, 0.022, 0.004)))
    parts = [TruePart("button", _in_map(at, (x, y, tall)), (0.011, 0.011, 0.005), at.yaw, (0, 0, 1), "button_0")]
    return SceneObject(kind, kind, (at.x, at.y, tall / 2), at.yaw, "box", (a, b, tall), colour), geoms, parts


def _chair(rng: np.random.Generator, kind: str, colour: str, at: Pose2) -> Made:
    """A chair that the map states, a little off."""
    deep, wide, seat = (float(rng.uniform(*limits)) for limits in ((0.4, 0.5), (0.4, 0.5), (0.42, 0.48)))
    tall = float(rng.uniform(0.8, 0.95))
    back = (0.06, wide, tall - seat)
    geoms = [_geom("seat", "box", colour, at, (0, 0, seat / 2), 0.0, (deep, wide, seat)),
             _geom("back", "box", colour, at, (-deep / 2 + 0.03, 0, seat + back[2] / 2), 0.0, back)]  # fmt: skip
    parts = [
        TruePart("seat", _in_map(at, (0.03, 0, seat)), (deep / 2 - 0.05, wide / 2, 0.05), at.yaw, (0, 0, 1)),
        TruePart("backrest", _in_map(at, (-deep / 2 + 0.03, 0, seat + back[2] / 2)),
                 (0.05, wide / 2, back[2] / 2), at.yaw, (-math.cos(at.yaw), -math.sin(at.yaw), 0.0)),
    ]  # fmt: skip
    x, y = (at.x + float(rng.normal(0, 0.03)), at.y + float(rng.normal(0, 0.03)))
    yaw = at.yaw + float(rng.normal(0, 0.05))
    whole = SceneObject(kind, kind, (x, y, tall / 2), yaw, "box", (deep, wide, tall), colour)
    return replace(whole, names=(kind,)), geoms, parts
