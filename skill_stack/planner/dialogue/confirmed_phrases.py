"""ConfirmedPhrases: wordings become phrases of a skill when a person confirms them, and are dropped on a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
from skill_stack.language import Correction, LearntPhrase, LearntPhrases
from skill_stack.planner.dialogue.forgetting import Forgetting
from skill_stack.planner.dialogue.job import Job

_HARMLESS = ("yes", "again", "hold", "go_on")
"""Corrections that do not concern the reading."""
_REJECTING = ("no", "cancel", "skip", "other", "target")
"""Corrections that reject the reading."""


@dataclass(slots=True)
class ConfirmedPhrases:
    """Learned phrases of one robot.

    Attributes:
        store: Where they are kept.
        robot: Name of the robot.
        warn: Takes what went wrong.
    """

    store: LearntPhrases
    robot: str
    warn: Callable[[str], None]

    def succeeded(self, job: Job) -> str:
        """Learns the wording of a confirmed job; returns the message about it."""
        phrase, job.wording = job.wording, None
        if phrase is None:
            return ""
        try:
            self.store.learn(phrase)
        except SkillStackError as error:
            self.warn(str(error))
            return f"I cannot keep how you say that: {error}"
        job.learnt = phrase.phrase
        return f"From now on '{phrase.phrase}' means {phrase.skill.replace('_', ' ')}."

    def begun(self, job: Job, learnt: str) -> None:
        """Records the first use of a learned phrase, so that it is reported once."""
        job.learnt = learnt
        unused = [one for one in self._read_as(learnt) if not one.used]
        if unused:
            self._try(lambda: self.store.learn(unused[0].model_copy(update={"used": True})))

    def corrected(self, job: Job, heard: Correction) -> str:
        """Removes the learned wording of a job; returns the message about it, or an empty text."""
        if heard.kind not in _HARMLESS:
            job.wording = None
        if heard.kind not in _REJECTING or not job.learnt:
            return ""
        phrase, job.learnt = job.learnt, ""
        gone = self._try(lambda: self.store.forget(self._read_as(phrase)))
        return f"I no longer read '{phrase}' so." if gone else ""

    def forget(self, wish: Forgetting) -> str:
        """Lists or deletes phrases and stated facts; returns the message about it, or an empty text.

        Args:
            wish: The request.
        """
        known = [one for one in self.store.known() if one.robot == self.robot]
        if wish.kind == "list":
            listed = ", ".join(f"'{one.phrase}' ({one.skill.replace('_', ' ')})" for one in known)
            return f"From you I learnt to read: {listed}." if listed else ""
        about = wish.text.casefold()
        wanted = [one for one in known if wish.kind == "all" or (wish.kind == "about" and about in one.phrase)]
        gone = self._try(lambda: self.store.forget(wanted)) if wanted else 0
        return f"Forgotten: {gone} of your phrases." if gone else ""

    def _read_as(self, text: str) -> list[LearntPhrase]:
        return [one for one in self.store.known() if (one.robot, one.phrase) == (self.robot, text)]

    def _try(self, change: Callable[[], int | None]) -> int:
        """Changes the file; an error is a warning."""
        try:
            return change() or 0
        except SkillStackError as error:
            self.warn(str(error))
            return 0
