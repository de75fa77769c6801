"""Random floors with an instruction that says how the robot is to get to something, not only where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.core.skills.way_constraint import WayConstraint
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

KINDS = ("away", "out", "left", "right", "between", "beyond", "depart")
"""What the words ask for; ``beyond`` and ``depart`` are goals, the others constraints on the path to one."""
DISTANCE = (3.6, 5.0)
"""Distance of the target from the start, m."""
KEPT = (0.5, 0.6, 0.8, 1.0)
"""Distances that are asked for, m."""
SHAPES = (("box", "box", (0.3, 0.5)), ("cylinder", "cylinder", (0.2, 0.3)), ("ball", "sphere", (0.2, 0.3)))
"""Kinds of things, their shapes, and the range of their extent, m."""
COLOURS = ("red", "green", "blue", "yellow")
VERBS = ("go to", "walk to")
AREAS = ("kitchen", "hall", "workshop", "nursery")
AREA_SIZE, AREA_DISTANCE = (1.2, 2.6), (5.2, 6.4)
"""Sides of a room that is not to be crossed, and distance of the target behind it, m."""
NOT_THROUGH = ("but not through", "without going through", "without entering", "but do not go through", "avoiding")
VARIATION = VariationFile(
    start_yaw=0.6, friction=(0.5, 1.2), added_mass=(-1.0, 1.0), latency=(0.0, 0.015), noise=(0.5, 1.5)
)
"""What the seed changes besides, as in the suites of the quadruped."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class WayScene:
    """One floor and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        words: The instruction.
        kind: One of :data:`KINDS`, or ``area``.
        target: What the robot goes to, beyond or away from.
        kept: The constraint; None for the kinds that are goals.
    """

    seed: int
    file: SceneFile
    words: str
    kind: str
    target: str
    kept: WayConstraint | None = None


def area_scene(seed: int) -> WayScene:
    """A floor with a room between the robot and its target that it is told not to go through.

    Args:
        seed: The seed.
    """
    rng = np.random.default_rng([48, seed])
    angle, far = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(*AREA_DISTANCE))
    c, s = math.cos(angle), math.sin(angle)
    along, aside = far * float(rng.uniform(0.45, 0.52)), float(rng.uniform(-0.4, 0.4))
    looks = (COLOURS[int(rng.integers(len(COLOURS)))], SHAPES[int(rng.integers(len(SHAPES)))])
    target = _thing(rng, "target", looks, (far * c, far * s))
    name, yaw = str(rng.choice(AREAS)), float(rng.uniform(-math.pi, math.pi))
    long, wide = (float(side) for side in rng.uniform(*AREA_SIZE, size=2))
    spot = (along * c - aside * s, along * s + aside * c)
    area = ObjectFile(id=name, kind="place", shape="point", size=(long, wide, 0.0), position=spot, yaw=yaw)
    told = f"{NOT_THROUGH[int(rng.integers(len(NOT_THROUGH)))]} the {name}"
    words = f"{VERBS[int(rng.integers(len(VERBS)))]} the {target.resolve().label} {told}"
    return WayScene(seed, _file(seed, [target, area]), words, "area", "target", WayConstraint("out", (name,)))


def way_scene(seed: int, phrases: Mapping[str, Sequence[str]]) -> WayScene:
    """The floor of a seed; seven seeds in a row have all kinds.

    Args:
        seed: The seed.
        phrases: Words for constraints by what they mean: ``out``, ``left``, ``right`` and ``between``.
    """
    rng = np.random.default_rng([47, seed])
    kind = KINDS[seed % len(KINDS)]
    looks = [(colour, what) for colour in COLOURS for what in SHAPES]
    looks = [looks[int(number)] for number in rng.permutation(len(looks))]
    angle, far = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(*DISTANCE))

    def at(along: float, aside: float) -> Spot:
        c, s = math.cos(angle), math.sin(angle)
        return c * along - s * aside, s * along + c * aside

    middle, off = far * float(rng.uniform(0.45, 0.6)), float(rng.uniform(-0.2, 0.2))
    things = [_thing(rng, "target", looks[0], at(far, 0.0))]
    if kind == "out":
        name = str(rng.choice(["wet_spot", "doormat", "charging_pad"]))
        things.append(ObjectFile(id=name, kind="place", shape="point", position=at(middle, off)))
    elif kind == "between":
        gap, aside = float(rng.uniform(1.5, 2.0)), float(rng.choice([-1, 1]) * rng.uniform(1.3, 1.7))
        things += [_thing(rng, f"post_{n}", looks[n], at(middle, aside + side * gap / 2))
                   for n, side in ((1, -1), (2, 1))]  # fmt: skip
    elif kind not in ("beyond", "depart"):
        things.append(_thing(rng, "other", looks[1], at(middle, off)))
    if kind in ("beyond", "depart"):
        near = float(rng.uniform(1.5, 2.5))
        things = [_thing(rng, "target", looks[0], at(near, 0.0))]
    kept = _constraint(rng, kind, [one.id for one in things[1:]])
    return WayScene(seed, _file(seed, things), _words(rng, phrases, kind, things, kept), kind, "target", kept)


def _file(seed: int, things: Sequence[ObjectFile]) -> SceneFile:
    """A floor with things."""
    return SceneFile(name=f"way_{seed}", description="A floor with a way to keep to.", objects=tuple(things),
                     size=(14.0, 14.0), variation=VARIATION)  # fmt: skip


def _thing(rng: np.random.Generator, name: str, look: tuple[str, tuple], spot: Spot) -> ObjectFile:  # type: ignore[type-arg]
    """A thing of a colour and kind."""
    colour, (kind, shape, extent) = look
    width = float(rng.uniform(*extent))
    height = width if shape == "sphere" else 0.4
    size = (width, width, height)
    return ObjectFile(id=name, kind=kind, shape=shape, size=size, position=spot, colour=colour)


def _constraint(rng: np.random.Generator, kind: str, things: Sequence[str]) -> WayConstraint | None:
    """The constraint of a kind, on things."""
    if kind in ("beyond", "depart"):
        return None
    distance = float(rng.choice(KEPT)) if kind == "away" else 0.0
    return WayConstraint(kind, tuple(things), distance)  # type: ignore[arg-type]  # one of its kinds


def _words(
    rng: np.random.Generator, phrases: Mapping[str, Sequence[str]], kind: str, things: Sequence[ObjectFile],
    kept: WayConstraint | None,
) -> str:  # fmt: skip
    """An instruction, with words for the constraint drawn from the phrases."""
    labels = [f"the {one.resolve().label}" for one in things]

    def one_of(words: Sequence[str]) -> str:
        return str(words[int(rng.integers(len(words)))])

    if kind == "beyond":
        return f"{one_of(('proceed beyond', 'go beyond', 'walk past', 'go past'))} {labels[0]}"
    if kind == "depart":
        return f"{one_of(('depart from', 'move away from', 'walk away from'))} {labels[0]}"
    assert kept is not None
    order = f"{one_of(VERBS)} {labels[0]}"
    if kind == "away":
        told = f"{one_of(('keeping at least', 'at least'))} {kept.distance:g} m away from {labels[1]}"
    else:
        told = f"{one_of(phrases[kind])} {' and '.join(labels[1:])}"
    return f"{order}, {told}" if rng.integers(2) else f"{told}, {order}"
