"""The connector's library as text: the skills, and why some cannot be used."""

from __future__ import annotations

import json
from dataclasses import replace

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill_library import SkillLibrary


def library_text(library: SkillLibrary) -> str:
    """A library as JSON: ``{skill: reason}``, with an empty reason for what can be used."""
    return json.dumps({name: entry.reason for name, entry in sorted(library.entries.items())})


def with_connector_status(library: SkillLibrary, text: str) -> SkillLibrary:
    """A library read from its folders, with the connector's reasons.

    Args:
        library: As the folders say now.
        text: Of :func:`library_text`; a skill that is not in it cannot be used yet.

    Raises:
        DataError: The text says something else.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise DataError(f"what was said of skills is no JSON: {error}") from error
    if not isinstance(told, dict) or not all(isinstance(reason, str) for reason in told.values()):
        raise DataError("what was said of skills is no table of reasons by skill")
    unknown = "the connector does not know it yet"
    return replace(
        library,
        entries={
            name: replace(entry, reason=told.get(name, unknown)) if entry.usable else entry
            for name, entry in library.entries.items()
        },
    )
