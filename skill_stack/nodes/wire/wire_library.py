"""The connector's library as a message: the skills, and why some cannot be used."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack_interfaces.msg import SkillState, SkillStates


def skills_message(library: SkillLibrary) -> SkillStates:
    """Every skill of a library with its reason, empty for what can be used."""
    return SkillStates(
        skills=[SkillState(name=name, reason=entry.reason) for name, entry in sorted(library.entries.items())]
    )


def with_connector_status(library: SkillLibrary, message: SkillStates) -> SkillLibrary:
    """A library read from its folders, with the connector's reasons.

    Args:
        library: The skills of the folders now.
        message: Of :func:`skills_message`; a skill that is not in it cannot be used yet.
    """
    told = {one.name: one.reason for one in message.skills}
    unknown = "the connector does not know it yet"
    return replace(
        library,
        entries={
            name: replace(entry, reason=told.get(name, unknown)) if entry.usable else entry
            for name, entry in library.entries.items()
        },
    )
