"""Skills that are alternatives to another skill: ``realises`` in ``skill.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skill_stack.core.skills.skill import SkillSpec
    from skill_stack.core.skills.skill_entry import SkillEntry


def checked_realisers(entries: Mapping[str, SkillEntry]) -> dict[str, SkillEntry]:
    """The entries; a skill that cannot do what it realises has the reason.

    Args:
        entries: All skills of a robot.
    """
    return {name: _checked(entry, entries) for name, entry in entries.items()}


def _checked(entry: SkillEntry, entries: Mapping[str, SkillEntry]) -> SkillEntry:
    spec = entry.spec
    if spec is None or spec.realises is None or entry.reason:
        return entry
    other = entries.get(spec.realises)
    if other is None or other.spec is None:
        known = ", ".join(sorted(name for name, one in entries.items() if one.usable and not _realises(one)))
        return replace(entry, reason=f"it realises '{spec.realises}', which is none of {known}")
    problem = unfit(spec, other.spec)
    return replace(entry, reason=f"it realises '{spec.realises}', but {problem}") if problem else entry


def unfit(spec: SkillSpec, asked: SkillSpec) -> str:
    """Why a skill cannot replace another one, or an empty string.

    It need not take constraints on the path: a request that has any goes to a skill that does.

    Args:
        spec: The one that realises.
        asked: The requested skill.
    """
    if asked.realises is not None:
        return f"that itself realises '{asked.realises}'"
    if spec.part != asked.part:
        return f"that drives part '{asked.part}'"
    mine = {parameter.name: parameter.type for parameter in spec.goal}
    theirs = {parameter.name: parameter.type for parameter in asked.goal}
    missing = [name for name, kind in theirs.items() if mine.get(name) != kind and (kind != "way" or name in mine)]
    if missing:
        return f"does not take its argument '{missing[0]}'"
    more = [one.name for one in spec.goal if one.name not in theirs and one.default is None]
    return f"needs '{more[0]}', which nobody gives it" if more else ""


def arguments_for(spec: SkillSpec, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """Arguments of a request for a skill that realises it; None where it does not take constraints that there are.

    Args:
        spec: The skill that realises.
        arguments: Of the requested skill.
    """
    taken = {one.name for one in spec.goal}
    left = {name: value for name, value in arguments.items() if name in taken or value != ""}
    return left if left.keys() <= taken else None


def _realises(entry: SkillEntry) -> str | None:
    return entry.spec.realises if entry.spec is not None else None
