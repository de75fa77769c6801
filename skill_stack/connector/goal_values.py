"""Goal values: clipping, defaults, and insertion into names."""

from __future__ import annotations

import re

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
    return {name: value for name, value in spec.complete(goals).items() if isinstance(value, float)}


def filled_template(template: str, arguments: dict[str, float | str]) -> str:
    """A template's name with arguments inserted: ``$grasp``, ``count_$number``; numbers without decimals."""

    def word(found: re.Match[str]) -> str:
        value = arguments.get(found[1], "")
        return f"{value:.0f}" if isinstance(value, float) else value

    return re.sub(r"\$([a-z_]+)", word, template)
