"""SlowLink: transport of questions and answers of a slow skill; in this process, or from another one."""

from __future__ import annotations

from typing import Protocol

from skill_stack.controllers.slow.answerer import Answerer
from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowChannel, SlowQuestion, SlowUse


class SlowLink(Protocol):
    """Transport of questions; none of its methods may wait."""

    def ask(self, question: SlowQuestion, now: float) -> None:
        """Sends a question; it replaces one not yet started. ``now``: the skill's time, s."""

    def answers(self, now: float) -> tuple[list[SlowAnswer], int]:
        """Answers since the last call, oldest first, and how many could not be read."""

    def tell(self, use: SlowUse) -> None:
        """Reports the loop's use."""


class DirectLink:
    """Answers at once and delivers that after the declared time: the same in every run.

    For simulation in one process and in lock-step, where task time waits for the computation.
    """

    def __init__(self, answerer: Answerer, latency: float) -> None:
        """Takes what answers.

        Args:
            answerer: The network or planner.
            latency: Time from question to answer, s of the skill's time.
        """
        self._answerer, self._latency = answerer, latency
        self._due = 0.0
        self._busy: SlowQuestion | None = None
        self._next: tuple[SlowQuestion, float] | None = None

    def ask(self, question: SlowQuestion, now: float) -> None:
        """See :class:`SlowLink`; a question of a new run, whose time begins again, ends that of the run before."""
        if self._busy is not None and question.tick <= self._busy.tick:
            self._busy = self._next = None
        if self._busy is None:
            self._busy, self._due = question, now + self._latency
        else:
            self._next = (question, now)

    def answers(self, now: float) -> tuple[list[SlowAnswer], int]:
        """See :class:`SlowLink`."""
        found = []
        while self._busy is not None and now >= self._due - 1e-9:
            answer = self._answerer.answer(self._busy)
            if answer is not None:
                found.append(answer)
            self._busy = None
            if self._next is not None:
                (self._busy, asked), self._next = self._next, None
                self._due = max(self._due, asked) + self._latency
        return found, 0

    def tell(self, use: SlowUse) -> None:
        """Does nothing."""


class SharedLink:
    """Questions and answers through shared memory; the answerer runs in the worker."""

    def __init__(self, channel: SlowChannel) -> None:
        """Takes the skill's channel."""
        self._channel = channel

    def ask(self, question: SlowQuestion, now: float) -> None:
        """See :class:`SlowLink`."""
        self._channel.ask(question)

    def answers(self, now: float) -> tuple[list[SlowAnswer], int]:
        """See :class:`SlowLink`."""
        return self._channel.answers()

    def tell(self, use: SlowUse) -> None:
        """See :class:`SlowLink`."""
        self._channel.report_loop_use(use)
