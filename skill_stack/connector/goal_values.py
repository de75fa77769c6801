"""Goal values: clipping, defaults, and insertion into names."""

from __future__ import annotations

import re
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_arguments import in_use
from skill_stack.core.shared_memory.setpoint_format import GOALS
from skill_stack.core.skills.skill import SkillSpec


def clip_goals(spec: SkillSpec, goals: dict[str, float]) -> dict[str, float]:
    """Goal values within the ranges that a skill declares; undeclared ones stay."""
    out = dict(goals)
    for parameter in spec.goal:
        if parameter.name in out and parameter.lower is not None and parameter.upper is not None:
            out[parameter.name] = min(max(out[parameter.name], parameter.lower), parameter.upper)
    return out


def completed_goals(spec: SkillSpec, goals: dict[str, float]) -> dict[str, float]:
    """Goal values with defaults for missing ones: for a gait, no height means the usual one, not zero."""
    return spec.numbers(spec.complete(goals))


def completed_arguments(spec: SkillSpec, arguments: dict[str, Any]) -> dict[str, float | str]:
    """The arguments with defaults for missing ones.

    Raises:
        UnknownName: An argument that the skill does not have.
        DataError: One is missing, of the wrong type or out of range, reward terms exclude each other, or they are more
            numbers than a setpoint has room for.
    """
    out = spec.complete(arguments)
    if spec.sampled is not None:
        numbers = {name: value for name, value in out.items() if isinstance(value, float)}
        spec.sampled.asked(numbers)
        told = len(in_use(numbers))
        if told > GOALS:
            raise DataError(f"{spec.name}: {told} numbers at once, a setpoint has room for {GOALS}; use fewer terms")
    return out


def filled_template(template: str, arguments: dict[str, float | str]) -> str:
    """A template's name with arguments inserted: ``$grasp``, ``count_$number``; numbers without decimals."""

    def word(found: re.Match[str]) -> str:
        value = arguments.get(found[1], "")
        return f"{value:.0f}" if isinstance(value, float) else value

    return re.sub(r"\$([a-z_]+)", word, template)
