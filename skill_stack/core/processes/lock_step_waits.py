"""What simulated time waits for in lock-step besides control and connector: cameras, perception, and the planner.

Perception and planner take as long as the machine lets them, and in real time the robot goes on meanwhile. In lock-step
that would make every figure one of the load of the machine. So each of them writes a word into the robot's shared
block, and the simulator stands still until the word has come. Each word has one writer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_words import BlockWords

LONGEST = 30.0
"""Wall time that simulated time waits for one of them before it goes on without, s."""
UNIT = 1e-6  # s of task time that a word counts
PICTURE = "the picture that is due"
PERCEPTION = "perception to understand the newest picture"
SCENE = "the connector to hear of what perception saw"
PLANNER = "the planner to answer"
Word = Literal["look.taken", "look.told", "look.heard", "planner.answers"]


def counted(seconds: float) -> int:
    """A task time as a word holds it."""
    return round(seconds / UNIT)


class LockStepNotes:
    """The side of a process that simulated time waits for."""

    def __init__(self, block: Path) -> None:
        """Names the robot's main block; it may appear later, and be replaced."""
        self._path = block

    def note(self, word: Word, value: int) -> None:
        """Stores a word; without a block nobody waits.

        Args:
            word: ``look.taken``: task time of the newest look that perception has dealt with (see :func:`counted`);
                ``look.told``, ``look.heard``: stamp of the newest scene with a look that perception has published, and
                of the newest that the connector has, ns; ``planner.answers``: instructions that are being planned.
            value: The number.
        """
        try:
            block = WordBlock(self._path)
        except (FileNotFoundError, DataError):
            return
        try:
            block.words.set(word, value)
        finally:
            block.close()


class LockStepWaits:
    """The side of the simulator: whether it has to wait, and for how long at most."""

    def __init__(self, words: BlockWords, warn: Callable[[str], None], longest: float = LONGEST) -> None:
        """Takes the words of the whole robot.

        Args:
            words: The words.
            warn: Is told of what did not come.
            longest: Wall time that it waits for one thing, s.
        """
        self._words, self._warn, self._longest = words, warn, longest
        self._reason, self._since = "", 0.0

    def waits(self, task_time: float, drawn: tuple[float, float] | None, now: float) -> bool:
        """Whether simulated time has to stand still.

        Args:
            task_time: Simulated time, s.
            drawn: Task time of the newest picture, and of the next one that is due, s; None before the first.
            now: Monotonic time, s.
        """
        reason = self._missing(task_time, drawn)
        if reason != self._reason:
            self._reason, self._since = reason, now
        if not reason or self._since < 0.0:
            return False
        if now - self._since <= self._longest:
            return True
        self._warn(f"simulated time waited {self._longest:g} s for {reason}, and goes on without")
        self._since = -1.0  # until something else is missing, or nothing
        return False

    def _missing(self, task_time: float, drawn: tuple[float, float] | None) -> str:
        """What has not come yet; empty for nothing."""
        if self._words.get("planner.answers") > 0:
            return PLANNER
        if drawn is None:
            return ""
        if task_time > drawn[1] - UNIT:
            return PICTURE
        taken = self._words.get("look.taken")
        if 0 < taken < counted(drawn[0]):
            return PERCEPTION
        told, heard = self._words.get("look.told"), self._words.get("look.heard")
        return SCENE if 0 < heard < told else ""
