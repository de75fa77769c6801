"""OpenQuestion: a question to a person, and the effects of its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from skill_stack.language import correction, pick, words_of
from skill_stack.planner.dialogue.job import Job

Answer = Literal["yes", "no", "skip", "again", "append", "first", "instead", "one", "two", "three"]

_ORDER: dict[str, Answer] = {
    "instead": "instead", "replace": "instead", "rather": "instead",
    "after": "append", "afterwards": "append", "later": "append", "then": "append", "behind": "append",
    "before": "first", "first": "first", "beforehand": "first",
}  # fmt: skip


@dataclass(slots=True)
class OpenQuestion:
    """One open question.

    Attributes:
        kind: ``confirm``: whether something hazardous may be done; ``meant``: whether a plan, or which of several,
            is what was meant; ``order``: how a new instruction stands to the one that runs; ``retry``: what to do
            after repeated failure.
        job: The words that the question is about.
        question: The question.
        until: Monotonic time at which it is taken back, s.
        answers: The action for each answer; called with the job of the answering words.
        lapsed: Called with the reason when no answer comes in time, or another request comes.
    """

    kind: Literal["confirm", "meant", "order", "retry"]
    job: Job
    question: str
    until: float
    answers: dict[Answer, Callable[[Job], None]] = field(default_factory=dict)
    lapsed: Callable[[str], None] = lambda why: None

    def answer_in(self, text: str) -> Answer | None:
        """The answer in words, or None when they are something else."""
        picked = pick(text) if self.kind == "meant" else None
        if picked in self.answers:
            return picked
        heard = correction(text)
        if heard is not None:
            if heard.kind in ("yes", "no", "skip"):
                return heard.kind if heard.kind in self.answers else None  # type: ignore[return-value]
            if heard.kind == "cancel":
                return "no" if "no" in self.answers else None
            if heard.kind == "again" and "again" in self.answers:
                return "again"
        if self.kind == "order":
            found = {_ORDER[token.text] for token in words_of(text[:80]) if token.text in _ORDER}
            if len(found) == 1 and len(words_of(text)) <= 4:
                return found.pop()
        return None
