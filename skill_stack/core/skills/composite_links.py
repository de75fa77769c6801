"""Checks of composites: missing skills, arguments that do not fit, cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.skills.skill import SkillSpec

if TYPE_CHECKING:
    from skill_stack.core.skills.skill_entry import SkillEntry


def checked_composites(entries: Mapping[str, SkillEntry]) -> dict[str, SkillEntry]:
    """The entries; a composite that cannot be used has the reason.

    Args:
        entries: All skills of a library by name.
    """
    problems = {name: _problem(entry.spec, entries, (name,)) for name, entry in entries.items() if _composite(entry)}
    return {
        name: replace(e, reason=problems[name], elsewhere=_elsewhere(e, entries)) if problems.get(name) else e
        for name, e in entries.items()
    }


def _elsewhere(entry: SkillEntry, entries: Mapping[str, SkillEntry]) -> bool:
    """Whether the only problem is that some of its steps need the other kind of control."""
    assert entry.spec is not None and entry.spec.composite is not None
    steps = [entries.get(step.skill) for step in entry.spec.composite.tree().every_skill()]
    lacking = [step for step in steps if step is None or step.reason]
    return bool(lacking) and all(step is not None and step.elsewhere for step in lacking)


def _composite(entry: SkillEntry) -> bool:
    return entry.usable and entry.spec is not None and entry.spec.composite is not None


def _problem(spec: SkillSpec | None, entries: Mapping[str, SkillEntry], inside: tuple[str, ...]) -> str:
    """Why a composite cannot be used, or an empty string."""
    if spec is None or spec.composite is None:
        return ""
    for step in spec.composite.tree().every_skill():
        entry = entries.get(step.skill)
        if step.skill in inside:
            return f"it contains itself: {' → '.join((*inside, step.skill))}"
        if entry is None or entry.reason or entry.spec is None:
            return f"its step '{step.skill}' {entry.reason if entry else 'does not exist'}"
        if problem := _misfit(spec, entry.spec, step.arguments) or _problem(entry.spec, entries, (*inside, step.skill)):
            return problem
    return ""


def _misfit(spec: SkillSpec, step: SkillSpec, arguments: Mapping[str, Any]) -> str:
    """Which argument of a step does not fit, or an empty string."""
    open_ones = {name: v[1:] for name, v in arguments.items() if isinstance(v, str) and v.startswith("$")}
    try:
        for name, mine in open_ones.items():
            here, there = spec.parameter(mine), step.parameter(name)
            if here.type != there.type or here.unit != there.unit:
                return f"its step '{step.name}' takes '{name}' as {there.type}, but '{mine}' is {here.type}"
        for name, value in arguments.items():
            if name not in open_ones:
                step.parameter(name).check(value)
        lacking = [p.name for p in step.goal if p.default is None and p.name not in arguments]
    except SkillStackError as error:
        return f"its step '{step.name}': {error}"
    return f"its step '{step.name}' needs '{lacking[0]}'" if lacking else ""
