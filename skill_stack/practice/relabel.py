"""Relabelling: what a run did reach, whatever it was meant to (hindsight; Andrychowicz et al., 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion
from skill_stack.core.rewards.quantities import MotionView, quantity
from skill_stack.core.rewards.reward_set import RewardSet, RewardSuccess, RewardTerm
from skill_stack.core.rewards.term_definition import reward_terms

Array = np.ndarray
INNER = 0.5
"""Share of the tolerance within which a value must stay: the other half is left to what the robot cannot see."""
GAIT = ("turn_rate", "velocity_x", "velocity_y")
"""Terms of speed; while a robot moves so, places and headings are no goal that it reached."""
FIGURES = 3
"""Digits of a label's target after the point."""


@dataclass(frozen=True, slots=True)
class Label:
    """One goal that a run was an example of.

    Attributes:
        rewards: The goal, one aim with its time.
        begin: When it began to hold, counted from the beginning of the run, s.
        end: Until when it held, s.
    """

    rewards: RewardSet
    begin: float
    end: float


def labels(
    motion: BodyMotion, layout: BodyLayout, hold: float, apart: float, usable: dict[str, tuple[float, float]]
) -> list[Label]:
    """Every aim whose value a run held away from rest.

    Args:
        motion: The run as the robot saw it, without leading dimensions.
        layout: The robot.
        hold: How long a value must be held, s.
        apart: By how many tolerances it must differ from rest.
        usable: Range of targets that make sense, by term; what is not in it is no goal.
    """
    found = []
    view = MotionView(motion, layout)
    for name, kind in reward_terms().items():
        if kind.effect != "aim" or kind.tolerance is None or name not in usable or not kind.fits(layout.bodies):
            continue
        if motion.thing is None and name.startswith("object_"):
            continue
        for of in kind.things(layout.feet, (), tuple(layout.fingers)):  # joints are no goals by themselves
            label = _label(RewardTerm(term=name, of=of), view, hold, apart, usable[name])
            found += [label] if label is not None else []
    return found


def _label(term: RewardTerm, view: MotionView, hold: float, apart: float, usable: tuple[float, float]) -> Label | None:
    """The longest stretch in which a term stayed near one value; None where that is rest, or too short."""
    kind, dt = term.kind, view.motion.dt
    tolerance = kind.tolerance or math.inf
    values = quantity(term, view)
    window = max(1, round(kind.average / dt))
    if len(values) < window:
        return None
    if window > 1:
        values = np.convolve(values, np.full(window, 1.0 / window), mode="valid")
    begin, end = _longest(values, INNER * tolerance)
    if (end - begin) * dt < hold - 1e-9:
        return None
    target = round(float(0.5 * (values[begin:end].max() + values[begin:end].min())), FIGURES)
    rest = float(values[0]) if term.term not in GAIT else 0.0
    low, high = usable
    if abs(target - rest) < apart * tolerance or not low <= target <= high:
        return None
    late = window - 1
    success = RewardSuccess(hold=round(hold, 3), within=round((end + late) * dt, 3))
    rewards = RewardSet(terms=(RewardTerm(term=term.term, of=term.of, target=target),), success=success)
    return Label(rewards, (begin + late) * dt, (end + late) * dt)


def _longest(values: Array, half: float) -> tuple[int, int]:
    """Begin and end of the longest stretch whose values differ by at most twice ``half``, by two pointers."""
    best, begin = (0, 0), 0
    for end in range(1, len(values) + 1):
        while values[begin:end].max() - values[begin:end].min() > 2.0 * half:
            begin += 1
        if end - begin > best[1] - best[0]:
            best = (begin, end)
    return best
