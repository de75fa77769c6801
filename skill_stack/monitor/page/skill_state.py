"""The section ``skills``: every skill that a person can request, its arguments, and how often it succeeded."""

from __future__ import annotations

from typing import Any

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.skill_results import results_of

_KINDS = {"number": "number", "object": "object"}
"""Kinds of arguments on the page by their types; all others are words."""


def requestable(library: SkillLibrary) -> list[SkillSpec]:
    """Skills that one press can run: those of a library that can be requested and are no plan of others."""
    return [spec for spec in library if spec.kind != "composite"]


def skill_section(library: SkillLibrary) -> list[dict[str, Any]]:
    """The section: usable skills first, then those that cannot be used, with the reason."""
    usable = [_shown(library, spec, "") for spec in requestable(library)]
    broken = [
        _shown(library, entry.spec, entry.reason)
        for entry in library.entries.values()
        if entry.spec is not None and not entry.usable and not entry.elsewhere and entry.spec.phrases
    ]
    return [*sorted(usable, key=_name), *sorted(broken, key=_name)]


def _name(shown: dict[str, Any]) -> str:
    return str(shown["name"])


def _shown(library: SkillLibrary, spec: SkillSpec, reason: str) -> dict[str, Any]:
    return {
        "name": spec.name,
        "description": spec.description,
        "usable": not reason,
        "reason": reason,
        "hazard": spec.hazard,
        "measured": _measured(library, spec.name),
        "arguments": [_argument(one) for one in spec.goal],
    }


def _measured(library: SkillLibrary, name: str) -> dict[str, Any] | None:
    """Successes and their interval, as the results state it; None where the body of this robot was not measured."""
    found = results_of(library, name)
    if found is None:
        return None
    low, high = found.get("interval", (0.0, 1.0))
    return {"episodes": found["episodes"], "successes": found["successes"], "low": low, "high": high}


def _argument(one: GoalParameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": one.description,
        "unit": one.unit,
        "low": one.lower,
        "high": one.upper,
        "default": one.default,
        "choices": list(one.choices) or None,
        "kind": _KINDS.get(one.type, "word"),
    }
