"""SeenOutcome: verdict of the cameras about a step that has ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from skill_stack.core.setpoint import StepOutcome

Answer = Literal["succeeded", "failed", "cannot tell"]
VIOLATED = "the camera sees"
"""Prefix of the violated condition of a step whose effects are not seen."""


@dataclass(frozen=True, slots=True)
class SeenOutcome:
    """A verdict.

    Attributes:
        request: Id of the request.
        answer: Whether its effects are seen.
        effect: The first effect that is not, as text; empty where all are.
        sentence: What was seen, for people.
        looks: Number of frames.
    """

    request: str
    answer: Answer
    effect: str = ""
    sentence: str = ""
    looks: int = 0

    def applied(self, outcome: StepOutcome) -> StepOutcome:
        """The outcome of a step that its skill reported as a success, combined with the verdict."""
        if self.answer == "failed":
            return replace(outcome, outcome="failed", reason=self.sentence, violated=f"{VIOLATED} {self.effect}")
        if self.answer == "cannot tell":
            said = f"nobody saw whether it worked: {self.sentence}"
            return replace(outcome, reason=f"{outcome.reason}; {said}" if outcome.reason else said)
        return outcome
