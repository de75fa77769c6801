"""TalkLog: the conversation with the robot: what was said, understood, assumed, asked and answered."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.monitor.plan_view import PlanView

MOST = 100
"""Lines that are kept."""
KINDS: Mapping[str, str] = {
    "plan": "understood", "correction": "understood", "note": "assumed", "replan": "assumed", "question": "asked",
    "statement": "answered", "refusal": "refused", "succeeded": "done", "failed": "failed", "interrupted": "failed",
}  # fmt: skip
"""Kinds of lines by the planner's events, its answers, and how a task ended."""
_ANSWERS = {"plan", "question", "statement", "refusal"}
_OWN = 20  # words of this page whose plans its own goals report


class TalkLog:
    """The lines; from any thread."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """Nothing was said yet.

        Args:
            wall: Time of a line, s since 1970.
        """
        self._guard = threading.Lock()
        self._wall, self._count = wall, 0
        self._lines: deque[dict[str, Any]] = deque(maxlen=MOST)
        self._own: deque[str] = deque(maxlen=_OWN)
        self._plan = ""

    def said(self, words: str) -> None:
        """A person said something on this page."""
        with self._guard:
            self._own.append(words)
            self._append("person", "said", words)

    def heard(self, words: str) -> None:
        """Words were heard on this page; they are a request only once they are sent."""
        with self._guard:
            self._append("person", "heard", words)

    def told(self, event: str, text: str) -> None:
        """The planner told something of words of this page; events that are no part of a conversation are left out."""
        kind = KINDS.get(event)
        if kind is not None and text:
            with self._guard:
                self._append("robot", kind, text)

    def planned(self, plan: PlanView) -> None:
        """A plan was shown; of words that came from elsewhere nothing else is heard."""
        with self._guard:
            if plan.id == self._plan or not plan.instruction:
                return
            self._plan = plan.id
            if plan.instruction in self._own:
                return
            self._append("person", "said", plan.instruction)
            if plan.status in _ANSWERS and plan.reason:
                self._append("robot", KINDS[plan.status], plan.reason)

    def section(self) -> list[dict[str, Any]]:
        """The lines, newest last."""
        with self._guard:
            return list(self._lines)

    def _append(self, who: str, kind: str, text: str) -> None:
        last = self._lines[-1] if self._lines else None
        if last is not None and (last["who"], last["kind"], last["text"]) == (who, kind, text):
            return
        self._count += 1
        self._lines.append(
            {"id": self._count, "at": round(self._wall(), 1), "who": who, "kind": kind, "text": text}
        )
