"""Random floors with an instruction, and a proposer of plans for it that spoils some of its answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skill_stack.core.plan import PlanNode
from skill_stack.core.world.scene_file import ObjectFile, SceneFile

KINDS = ("visit", "sit", "walk", "return")
"""Tasks: two things one after the other, one and sit there, a distance and a turn, one and back to the start."""
ANGLES = (45, 60, 90, 120)
"""Turns that are asked for, degrees."""
LENGTHS = (1.0, 1.5, 2.0, 2.5)
"""Distances that are asked for, m."""
APART = 1.6
"""Least distance between the centres of two things, m: a robot passes between them."""
LOOKS = (("red", "ball", "sphere"), ("blue", "ball", "sphere"), ("green", "box", "box"), ("yellow", "cone", "cylinder"))
START = "start"


@dataclass(frozen=True, slots=True)
class ProposalScene:
    """One floor and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        kind: One of :data:`KINDS`.
        words: The instruction.
        visits: Things to be visited, in order.
        goal: For ``walk``, way and turn from the start, m and rad; for ``return``, no way and no turn.
    """

    seed: int
    file: SceneFile
    kind: str
    words: str
    visits: tuple[str, ...]
    goal: tuple[float, float] | None


def proposal_scene(seed: int) -> ProposalScene:
    """The floor of a seed; four seeds in a row have all kinds."""
    rng = np.random.default_rng([83, seed])
    kind = KINDS[seed % len(KINDS)]
    things = tuple(_things(rng))
    one, other = (things[int(n)] for n in rng.permutation(len(things))[:2])
    length, angle = float(rng.choice(LENGTHS)), int(rng.choice(ANGLES))
    side = str(rng.choice(["left", "right"]))
    label, second = one.resolve().label, other.resolve().label
    words = {
        "visit": f"go to the {label}, then go to the {second}",
        "sit": f"go to the {label}, then sit",
        "walk": f"walk forward {length:g} m, then turn {side} {angle} degrees",
        "return": f"go to the {label}, then go to the start",
    }[kind]
    visits = {"visit": (one.id, other.id), "sit": (one.id,), "walk": (), "return": (one.id,)}[kind]
    turned = math.radians(angle) * (1 if side == "left" else -1)
    goal = {"walk": (length, turned), "return": (0.0, math.nan)}.get(kind)
    place = ObjectFile(id=START, kind="place", shape="point", position=(0.0, 0.0))
    file = SceneFile(
        name=f"proposals_{seed}", description="A floor with four things.", objects=(*things, place), size=(14.0, 14.0)
    )
    return ProposalScene(seed, file, kind, words, visits, goal)


def _things(rng: np.random.Generator) -> list[ObjectFile]:
    """Four things around the start, not in each other's way; nothing right ahead, where a distance is walked."""
    made: list[tuple[float, float]] = []
    while len(made) < len(LOOKS):
        far, angle = float(rng.uniform(1.8, 3.6)), float(rng.uniform(0.5, math.pi)) * float(rng.choice([-1, 1]))
        spot = (far * math.cos(angle), far * math.sin(angle))
        if all(math.dist(spot, one) >= APART for one in made):
            made.append(spot)
    return [
        ObjectFile(id=f"{colour}_{kind}", kind=kind, shape=shape, colour=colour, position=spot,
                   size=(0.24, 0.24, 0.24 if shape == "sphere" else 0.4))
        for (colour, kind, shape), spot in zip(LOOKS, made, strict=True)
    ]  # fmt: skip


def spoilt(tree: PlanNode, things: Sequence[str], rng: np.random.Generator) -> PlanNode:
    """A plan with one mistake of those that language models make: a step, an order, an object or a number is wrong.

    Args:
        tree: The right plan, a sequence of steps.
        things: Ids of what there is.
        rng: Draws the mistake.
    """
    ways: list[Callable[[], tuple[PlanNode, ...] | None]] = [
        lambda: _other_thing(tree.children, things, rng),
        lambda: _left_out(tree.children, rng),
        lambda: _swapped(tree.children),
        lambda: _number(tree.children, rng),
        lambda: _added(tree.children, things, rng),
        lambda: _rash(tree.children, rng),
    ]
    while True:
        made = ways[int(rng.integers(len(ways)))]()
        if made is not None and made != tree.children:
            return replace(tree, children=made)


def _step(skill: str, **arguments: Any) -> PlanNode:
    return PlanNode("skill", skill=skill, arguments=arguments, why="proposed")


def _changed(steps: tuple[PlanNode, ...], number: int, **arguments: Any) -> tuple[PlanNode, ...]:
    new = replace(steps[number], arguments={**steps[number].arguments, **arguments})
    return (*steps[:number], new, *steps[number + 1 :])


def _other_thing(
    steps: tuple[PlanNode, ...], things: Sequence[str], rng: np.random.Generator
) -> tuple[PlanNode, ...] | None:
    """One target replaced by another thing."""
    able = [n for n, step in enumerate(steps) if "target" in step.arguments]
    if not able:
        return None
    number = int(rng.choice(able))
    return _changed(steps, number, target=str(rng.choice(things)))


def _left_out(steps: tuple[PlanNode, ...], rng: np.random.Generator) -> tuple[PlanNode, ...] | None:
    """One step less."""
    number = int(rng.integers(len(steps)))
    return (*steps[:number], *steps[number + 1 :]) if len(steps) > 1 else None


def _swapped(steps: tuple[PlanNode, ...]) -> tuple[PlanNode, ...] | None:
    """The other order."""
    return steps[::-1] if len(steps) > 1 else None


def _number(steps: tuple[PlanNode, ...], rng: np.random.Generator) -> tuple[PlanNode, ...] | None:
    """A number that is half, twice, or of the other sign."""
    able = [(n, name) for n, step in enumerate(steps) for name in ("forward", "angle") if step.arguments.get(name)]
    if not able:
        return None
    number, name = able[int(rng.integers(len(able)))]
    factor = float(rng.choice([0.5, 2.0, -1.0]))
    return _changed(steps, number, **{name: steps[number].arguments[name] * factor})


def _added(
    steps: tuple[PlanNode, ...], things: Sequence[str], rng: np.random.Generator
) -> tuple[PlanNode, ...] | None:
    """A visit that nobody asked for, before everything else."""
    usual = next((step.arguments for step in steps if step.skill == "go_to"), {"gap": 0.04, "side": "any", "way": ""})
    return (_step("go_to", **{**usual, "target": str(rng.choice(things))}), *steps)


def _rash(steps: tuple[PlanNode, ...], rng: np.random.Generator) -> tuple[PlanNode, ...] | None:
    """A walk straight ahead or aside in place of the first step, whatever stands there."""
    forward, left = float(rng.uniform(2.0, 4.0)), float(rng.uniform(-2.5, 2.5))
    return (_step("move", forward=round(forward, 2), left=round(left, 2)), *steps[1:])
