"""LearntPhrases: confirmed phrases of skills, in one YAML file that people may edit."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import yaml
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import SLOT

MOST_WORDS = 12
"""Words of a phrase at most; a longer sentence holds more than a request of one skill."""
MOST_KEPT = 1000
"""Phrases in the file at most; the oldest are deleted first."""

_HEAD = """\
# Wordings that people confirmed: phrases of skills, as in a skill.yaml. May be edited; a running stack follows.
#   robot, skill  whose phrase it is
#   phrase        the whole sentence; {parameter} stands where an argument is named
#   arguments     arguments that the sentence does not name
#   said, learnt  what was said when it was confirmed, and the day
#   used          whether it was used since; the first time the robot says so
"""


class LearntPhrase(DataModel):
    """A phrase of a skill; the header of the file explains the keys."""

    robot: str = Field(min_length=1)
    skill: str = Field(min_length=1)
    phrase: str
    arguments: dict[str, float | str] = Field(default_factory=dict)
    said: str = ""
    learnt: date | None = None
    used: bool = False

    @model_validator(mode="after")
    def _readable(self) -> LearntPhrase:
        slots = SLOT.findall(self.phrase)
        literal = SLOT.sub(" ", self.phrase)
        if re.search(r"[{}]", literal):
            raise ValueError(f"phrase: '{self.phrase}' has a brace that encloses no name of a parameter")
        if not any(char.isalnum() for char in literal):
            raise ValueError(f"phrase: '{self.phrase}' has no word of its own")
        if len(self.phrase.split()) > MOST_WORDS:
            raise ValueError(f"phrase: has {len(self.phrase.split())} words; {MOST_WORDS} are read")
        if twice := [name for name in slots if slots.count(name) > 1 or name in self.arguments]:
            raise ValueError(f"phrase: '{twice[0]}' is given twice")
        return self


class _PhraseFile(DataModel):
    phrases: tuple[LearntPhrase, ...] = ()


class LearntPhrases:
    """The phrases of all robots of one user, read again when the file changes."""

    def __init__(self, path: Path, warn: Callable[[str], object] = lambda text: None) -> None:
        """Takes the path of the file, which is created with the first phrase.

        Args:
            path: The file.
            warn: Receives an error in the file, once for each change of it.
        """
        self.path, self.warn = path, warn
        self._stamp: tuple[int, int] = (-1, -1)
        self._known: tuple[LearntPhrase, ...] = ()

    @classmethod
    def of_user(cls, resources: Resources, warn: Callable[[str], object] = lambda text: None) -> LearntPhrases:
        """Opens ``memory/phrases.yaml`` in the overlay.

        Args:
            resources: Gives the overlay.
            warn: Receives an error in the file.
        """
        return cls(resources.writable_folder("memory") / "phrases.yaml", warn)

    @property
    def stamp(self) -> tuple[int, int]:
        """Modification time in ns and size in bytes; (0, 0) without a file."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def all(self) -> tuple[LearntPhrase, ...]:
        """Returns every phrase, oldest first.

        Raises:
            DataError: The file is invalid; names field or line. The file is not changed.
        """
        return load_model(_PhraseFile, self.path).phrases if self.path.exists() else ()

    def known(self) -> tuple[LearntPhrase, ...]:
        """Returns every phrase; empty, with a warning, while the file is invalid."""
        stamp = self.stamp
        if stamp != self._stamp:
            try:
                self._known = self.all()
            except DataError as error:
                self._known = ()
                self.warn(f"no learnt phrase is read: {error}")
            self._stamp = stamp
        return self._known

    def learn(self, phrase: LearntPhrase) -> None:
        """Adds a phrase, in place of one with the same words for the same robot.

        Raises:
            DataError: The file is invalid or not writable.
        """
        with self._locked():
            others = [one for one in self.all() if (one.robot, one.phrase) != (phrase.robot, phrase.phrase)]
            self._write([*others, phrase])

    def forget(self, phrases: Collection[LearntPhrase]) -> int:
        """Deletes phrases and returns their number.

        Raises:
            DataError: The file is invalid or not writable.
        """
        wanted = {(one.robot, one.phrase) for one in phrases}
        with self._locked():
            before = self.all()
            kept = [one for one in before if (one.robot, one.phrase) not in wanted]
            if len(kept) < len(before):
                self._write(kept)
        return len(before) - len(kept)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with open(self.path.with_suffix(".lock"), "a", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise DataError(f"{self.path}: cannot be written: {error}") from error

    def _write(self, phrases: list[LearntPhrase]) -> None:
        data = [one.model_dump(exclude_defaults=True) for one in phrases[-MOST_KEPT:]]
        text = yaml.safe_dump({"phrases": data}, sort_keys=False, allow_unicode=True, width=1000)
        part = self.path.with_suffix(".part")
        part.write_text(_HEAD + text, encoding="utf-8")
        part.replace(self.path)  # atomic: a reader sees the old or the new file
