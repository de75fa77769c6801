"""Errors whose messages list the valid values."""

from __future__ import annotations

from collections.abc import Iterable


class SkillStackError(Exception):
    """Base of every error that the stack raises on purpose; its message is written for people."""


class DataError(SkillStackError):
    """A data file (robot, skill, scene, deployment) is wrong; the message names file, key and reason."""


class ResourceNotFound(SkillStackError):
    """A robot, skill, scene or deployment is in none of the searched places."""


class StaleData(SkillStackError):
    """A record in shared memory could not be read consistently, or is older than allowed."""


class LeaseRefused(SkillStackError):
    """Another writer holds the hardware."""


class UnknownName(SkillStackError):
    """A name is not one of those available."""

    def __init__(self, kind: str, name: str, available: Iterable[str]) -> None:
        """Builds a message that lists the available names and the nearest one.

        Args:
            kind: What was looked for, for example ``"joint"``.
            name: The name that is not there.
            available: The names that are.
        """
        import difflib  # on demand: every start would pay for it

        names = sorted(available)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        super().__init__(f"there is no {kind} '{name}'{hint} Available: {', '.join(names) or 'none'}")
        self.kind = kind
        self.name = name
        self.available = tuple(names)
