"""Random switches of a hand that reaches for a thing, closes on it or carries it, to something else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile
from skill_stack.evaluation.scenes.relation_scenes import LATENCY, NOISE, PLACE, RIM, STRENGTH, TABLE, TABLE_TOP
from skill_stack.evaluation.scenes.switch_cases import GOALS, STATES, Asked, one_of

THING, OTHER = "thing", "other"
MASS, FRICTION = (0.05, 0.3), (0.6, 1.0)
"""Ranges of mass, kg, and friction coefficient of things."""
MISPLACED = 0.004
"""Largest error of the map along each axis, m."""
APART = 0.22
"""Least distance between the middles of two things, m."""

TAKE: tuple[Asked, ...] = tuple((skill, {"target": THING}) for skill in ("shape_for", "reach_for", "close_on"))
MOVES: Mapping[str, Mapping[str, Any]] = {
    "lift_object": {"target": THING}, "turn_object": {"target": THING, "angle": 1.0}, "lift": {"height": 0.1},
}  # fmt: skip
"""What is done with a thing in the hand."""
LETS_GO: Mapping[str, Mapping[str, Any]] = {
    "shape_for": {"target": OTHER}, "open_hand": {}, "point": {}, "close_hand": {}, "count_fingers": {"number": 3.0},
}  # fmt: skip
"""What opens the hand, or bends its fingers otherwise."""


@dataclass(frozen=True, slots=True)
class GripCase:
    """One switch of a hand.

    Attributes:
        seed: Its seed.
        state: One of :data:`STATES`, as it is meant; what is so is measured.
        goal: One of :data:`GOALS`.
        scene: A table with two things.
        misplaced: Errors of the map, m, by thing.
        before: Skills with arguments that are finished first.
        first: Skill with arguments that is switched from.
        after: Time since that began, s.
        then: What is asked for.
    """

    seed: int
    state: str
    goal: str
    scene: SceneFile
    misplaced: Mapping[str, tuple[float, float]]
    before: tuple[Asked, ...]
    first: Asked
    after: float
    then: Asked


def grip_case(seed: int) -> GripCase:
    """The switch of a seed; nine seeds in a row have all pairs of state and goal."""
    rng = np.random.default_rng([89, seed])
    state, goal = STATES[seed % 3], GOALS[seed // 3 % 3]
    lets_go = one_of(rng, LETS_GO)
    if state == "free":
        before, first = TAKE[:1], TAKE[1]
        after, near = float(rng.uniform(0.2, 1.5)), TAKE[0]
    elif state == "contact":
        before, first = TAKE[:2], TAKE[2]
        after, near = float(rng.uniform(0.8, 3.6)), ("lift_object", {"target": THING})
    else:
        moves = one_of(rng, MOVES)
        lifted: Asked = ("lift_object", {"target": THING})
        before = TAKE if moves[0] == "lift_object" else (*TAKE, lifted)
        first, after = moves, float(rng.uniform(0.2, 0.9))
        near = one_of(rng, {name: MOVES[name] for name in MOVES if name not in (moves[0], "lift_object")})
    then = {"near": near, "far": lets_go, "same": first}[goal]
    errors = rng.uniform(-MISPLACED, MISPLACED, (2, 2))
    misplaced = {name: (float(x), float(y)) for name, (x, y) in zip((THING, OTHER), errors)}
    return GripCase(seed, state, goal, _scene(rng), misplaced, before, first, after, then)


def _scene(rng: np.random.Generator) -> SceneFile:
    """A table with two things that stand apart."""
    spots = [(0.0, 0.0), (0.0, 0.0)]
    while math.dist(*spots) < APART:
        drawn = [[m + rng.uniform(-1, 1) * (size / 2 - RIM) for m, size in zip(PLACE, TABLE)] for _ in spots]
        spots = [(float(x), float(y)) for x, y in drawn]
    table = ObjectFile(id="table", kind="table", size=(*TABLE, TABLE_TOP), position=PLACE, colour="brown")
    things = [_thing(rng, name, spot) for name, spot in zip((THING, OTHER), spots)]
    return SceneFile(
        name="switches_of_a_hand", description="A table with two things.", size=(3.0, 3.0), objects=(table, *things),
        variation=VariationFile(noise=NOISE, latency=LATENCY, motor_strength=STRENGTH),
    )  # fmt: skip


def _thing(rng: np.random.Generator, name: str, spot: tuple[float, float]) -> ObjectFile:
    """A cube, a can or a ball of which the hand has a usual grasp."""
    shape = str(rng.choice(["box", "cylinder", "sphere"]))
    across = float(rng.uniform(0.045, 0.06))
    height = float(rng.uniform(0.07, 0.11)) if shape == "cylinder" else across
    return ObjectFile(
        id=name, kind={"box": "cube", "cylinder": "can", "sphere": "ball"}[shape], shape=shape,
        size=(across, across, height), position=(*spot, TABLE_TOP + height / 2), yaw=float(rng.uniform(-0.7, 0.7)),
        colour="red" if name == THING else "blue", movable=True, mass=float(rng.uniform(*MASS)),
        friction=float(rng.uniform(*FRICTION)),
    )  # fmt: skip
