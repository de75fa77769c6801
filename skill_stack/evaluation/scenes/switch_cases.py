"""Random switches of a quadruped from something to something else, near, far or the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

STATES = ("free", "contact", "holding")
"""What the robot is in when it is told something else: it walks, changes its support, or rests."""
GOALS = ("near", "far", "same")
"""How near the new goal is."""
WALKS: Mapping[str, Mapping[str, float]] = {"move": {"forward": 2.0}, "turn": {"angle": 2.6}}
LOW = ("sit", "lie")
CHANGES = ("sit", "lie", "rise", "wave")
Asked = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SwitchCase:
    """One switch.

    Attributes:
        seed: Its seed.
        state: One of :data:`STATES`, as it is meant; what is so is measured.
        goal: One of :data:`GOALS`.
        before: Skills with arguments that are finished first.
        first: Skill with arguments that is switched from.
        at: Progress of a posture at which that is, or time since a walk began, s.
        then: What is asked for.
    """

    seed: int
    state: str
    goal: str
    before: tuple[Asked, ...]
    first: Asked
    at: float
    then: Asked


def switch_case(seed: int) -> SwitchCase:
    """The switch of a seed; nine seeds in a row have all pairs of state and goal."""
    rng = np.random.default_rng([83, seed])
    state, goal = STATES[seed % 3], GOALS[seed // 3 % 3]
    walk = one_of(rng, WALKS)
    if state == "free":
        other: Asked = next((name, dict(WALKS[name])) for name in WALKS if name != walk[0])
        then = {"near": other, "far": (str(rng.choice(LOW)), {}), "same": walk}[goal]
        return SwitchCase(seed, state, goal, (), walk, float(rng.uniform(0.6, 2.0)), then)
    name = str(rng.choice(CHANGES if state == "contact" else LOW))
    at = float(rng.uniform(0.05, 0.95)) if state == "contact" else 1.0
    low = "lie" if name == "sit" else "sit"
    then = {"near": (low, {}), "far": walk, "same": (name, {})}[goal]
    before: tuple[Asked, ...] = ((str(rng.choice(LOW)), {}),) if name == "rise" else ()
    return SwitchCase(seed, state, goal, before, (name, {}), at, then)


def one_of(rng: np.random.Generator, among: Mapping[str, Mapping[str, Any]]) -> Asked:
    """A random one of some skills, with its arguments."""
    name = str(rng.choice(list(among)))
    return name, dict(among[name])
