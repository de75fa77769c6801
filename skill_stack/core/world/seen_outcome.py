"""SeenOutcome: verdict of the cameras about a step that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from skill_stack.core.errors import DataError
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
        looks: How often was looked.
    """

    request: str
    answer: Answer
    effect: str = ""
    sentence: str = ""
    looks: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> SeenOutcome:
        """From plain data.

        Raises:
            DataError: It is something else.
        """
        if not isinstance(data, Mapping) or data.get("answer") not in get_args(Answer):
            raise DataError(f"what was seen of a step has an answer of {', '.join(get_args(Answer))}")
        request, effect, sentence = (str(data.get(name, "")) for name in ("request", "effect", "sentence"))
        return cls(request, data["answer"], effect, sentence, int(data.get("looks", 0)))

    def applied(self, outcome: StepOutcome) -> StepOutcome:
        """The outcome of a step that its skill reported as a success, combined with the verdict."""
        if self.answer == "failed":
            return replace(outcome, outcome="failed", reason=self.sentence, violated=f"{VIOLATED} {self.effect}")
        if self.answer == "cannot tell":
            said = f"nobody saw whether it worked: {self.sentence}"
            return replace(outcome, reason=f"{outcome.reason}; {said}" if outcome.reason else said)
        return outcome
