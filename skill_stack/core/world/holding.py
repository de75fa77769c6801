"""What hands hold, by the steps that took it: no camera needs to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal, apply_effects

HOLDING = "holding"
"""Predicate of what hands hold; its last argument is that."""
LOST = "object is held"
"""Name of the failure of a held thing that is no longer held."""


def held_by(spec: SkillSpec, arguments: Mapping[str, float | str]) -> frozenset[str]:
    """Things that must be held while a skill runs, by its preconditions."""
    return _held(spec.preconditions, arguments)


def taken_by(spec: SkillSpec, arguments: Mapping[str, float | str]) -> frozenset[str]:
    """Things that are held once a skill has succeeded, by its effects."""
    return _held(spec.effects, arguments)


def _held(texts: Iterable[str], arguments: Mapping[str, float | str]) -> frozenset[str]:
    """Things of which texts say that they are held."""
    told = (Literal.parse(text).ground(arguments) for text in texts)
    return frozenset(one.arguments[-1] for one in told if one.positive and one.predicate == HOLDING)


def held_after(
    held: frozenset[Fact], outcome: StepOutcome, spec: SkillSpec, arguments: Mapping[str, float | str]
) -> frozenset[Fact]:
    """What the robot holds after a step, by the effects of its skill.

    Args:
        held: What it held before.
        outcome: How the step ended; what is lost is not held, and what fails otherwise changes nothing.
        spec: Its skill.
        arguments: Its arguments.
    """
    if outcome.violated == LOST:
        return frozenset()
    if outcome.outcome != "succeeded":
        return held
    told = (Literal.parse(text).ground(arguments) for text in spec.effects)
    return apply_effects(held, [one for one in told if one.predicate == HOLDING and one.arguments[0] == "robot"])
