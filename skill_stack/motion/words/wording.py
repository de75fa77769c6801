"""Reward terms in words, with units that people use."""

from __future__ import annotations

import math

from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm

PHASE = "step_phase"
"""Order of the feet in a gait, which numbers tell nobody."""


def told(rewards: RewardSet) -> str:
    """A set in words, e.g. ``foot lift of FL 10 cm, base pitch 0°``.

    Args:
        rewards: The set.
    """
    said = ", ".join(term_told(term) for term in rewards.terms if term.weight > 0.0 and term.term != PHASE)
    return said if rewards.seconds is None else f"{said}, for {rewards.seconds:g} s"


def term_told(term: RewardTerm) -> str:
    """One term in words."""
    name = term.term.replace("_", " ")
    of = f" of {' and '.join(term.of)}" if term.of else ""
    return f"{name}{of}" if term.target is None else f"{name}{of} {value_told(term.target, term.kind.unit)}"


def value_told(value: float, unit: str) -> str:
    """A value with its unit: lengths below a metre in cm, angles in degrees."""
    if unit in ("rad", "rad/s"):
        return f"{math.degrees(value):.3g}°{unit[3:]}"
    if unit == "m" and abs(value) < 1.0:
        return f"{100 * value:.3g} cm"
    return f"{value:.3g} {unit}".strip()
