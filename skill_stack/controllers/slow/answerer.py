"""Answerer: whatever answers the questions of a slow skill, a network or a planner of motions."""

from __future__ import annotations

from typing import Protocol

from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowQuestion


class Answerer(Protocol):
    """Turns a question into a chunk of actions, wherever it runs.

    Attributes:
        values: Values of a question.
        problem: Why the last question has no answer, or why its answer is void; empty where it has one.
    """

    values: int
    problem: str

    @property
    def where(self) -> str:
        """What evaluates it, and why, for people."""

    def answer(self, question: SlowQuestion) -> SlowAnswer | None:
        """The answer, which may be void; None where there is none, see :attr:`problem`."""
