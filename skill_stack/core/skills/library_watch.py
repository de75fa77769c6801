"""LibraryWatch: detects skill folders that appeared, changed or vanished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary

RUNS_OTHERS = ("guided", "blended", "action", "composite")
"""Kinds of skills that run on others and have nothing to load."""

NEEDS_A_START = "the control process loads it when it begins again, once the robot lies or is disarmed"
"""Why a skill that appeared at run time cannot be used yet."""


class LibraryWatch:
    """Reloads a robot's skills when something in their folders changed.

    What appears while the control process runs can be used at once when it runs on skills that are there (``guided``,
    ``blended``, ``action``, ``composite``). A policy, posture or built-in motion is loaded by the control process,
    before its loop begins and never within it; until that has begun again it is held back.
    """

    def __init__(self, resources: Resources, robot: RobotSpec, library: SkillLibrary) -> None:
        """Records the present state.

        Args:
            resources: Where skills are found.
            robot: The robot.
            library: Its skills as they were loaded.
        """
        self._resources = resources
        self._names = (robot.name, *(member.name for member in robot.mounted.values()))
        self._library, self._seen = library, self._signature()
        self._offered = library

    def look(self, load: Callable[[], SkillLibrary]) -> SkillLibrary | None:
        """The skills, when something changed since the last call.

        Args:
            load: Loads them.
        """
        signature = self._signature()
        if signature == self._seen:
            return None
        self._seen = signature
        self._offered = load()
        self._library = held_back(self._library, self._offered)
        return self._library

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of skills that the control process must load first."""
        return tuple(name for name, entry in self._library.entries.items() if entry.reason == NEEDS_A_START)

    def accept(self) -> SkillLibrary:
        """Records that the control process has restarted since: skills held back then can be used."""
        self._library = self._offered
        return self._library

    def _signature(self) -> frozenset[tuple[Path, int, int]]:
        folders = [folder for name in self._names for folder in self._resources.skills(name)]
        return frozenset(found for folder in folders for file in folder.iterdir() for found in _mark(file))


def held_back(before: SkillLibrary, after: SkillLibrary) -> SkillLibrary:
    """New skills with a reason, where the control process has not loaded them in their present state.

    Args:
        before: Skills as they were when everything started.
        after: Skills as their folders state them now.
    """
    entries = {}
    for name, entry in after.entries.items():
        old = before.entries.get(name)
        same = old is not None and old.usable and old.spec == entry.spec
        waits = entry.usable and entry.spec is not None and entry.spec.kind not in RUNS_OTHERS and not same
        entries[name] = replace(entry, reason=NEEDS_A_START) if waits else entry
    return replace(after, entries=entries)


def _mark(file: Path) -> list[tuple[Path, int, int]]:
    """Fingerprint of the state of a file; nothing for a vanished one."""
    try:
        found = file.stat()
    except OSError:
        return []
    return [(file, found.st_mtime_ns, found.st_size)]
