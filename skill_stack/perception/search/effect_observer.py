"""EffectObserver: keeps the scene before each step, and verifies its effects afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.world.fact import Literal as Effect
from skill_stack.perception.search.visual_success import SceneSnapshot, Verdict, judge

LOOKS = 3
"""Looks after a step until it is judged: a moved object is confirmed from the second one on."""
AGAIN = 3
"""Number of repetitions while the answer is not clear."""
LONGEST = 4.0
"""Time after which the answer is given as it is, s of task time."""


@dataclass(slots=True)
class _Case:
    """One step.

    Attributes:
        effects: What it is to bring about.
        before: The scene before it.
        ended: When it ended, s of task time; None while it runs.
        looks: Looks since then.
        tries: How often was judged.
    """

    effects: tuple[Effect, ...]
    before: SceneSnapshot
    ended: float | None = None
    looks: int = 0
    tries: int = 0


class EffectObserver:
    """Verifies steps; several may run at the same time."""

    def __init__(self) -> None:
        """Starts without steps."""
        self._cases: dict[str, _Case] = {}

    @property
    def watching(self) -> bool:
        """Whether a step has ended and is not judged yet."""
        return any(case.ended is not None for case in self._cases.values())

    def begin(self, request: str, effects: Sequence[Effect], before: SceneSnapshot) -> None:
        """Registers the start of a step.

        Args:
            request: Its id.
            effects: Ground effects that can be seen.
            before: The scene.
        """
        if request not in self._cases:
            self._cases[request] = _Case(tuple(effects), before)

    def forget(self, request: str) -> None:
        """Drops a step that was cancelled before it ended; one that has ended is judged."""
        if request in self._cases and self._cases[request].ended is None:
            del self._cases[request]

    def end(self, request: str, now: float) -> bool:
        """Registers the end of a step; whether it will be judged.

        Args:
            request: Its id.
            now: Task time, s.
        """
        case = self._cases.get(request)
        if case is None:
            return False
        case.ended = now
        return True

    def look(self, now: float, after: Callable[[], SceneSnapshot], fresh: bool = True) -> list[tuple[str, Verdict]]:
        """Takes a look, or none; returns the steps that can be judged now.

        Args:
            now: Task time, s.
            after: Gives the scene.
            fresh: Whether the camera saw something since the last call.
        """
        out = []
        for request, case in list(self._cases.items()):
            if case.ended is None:
                continue
            case.looks += fresh
            over = now - case.ended >= LONGEST
            if case.looks < LOOKS * (case.tries + 1) and not over:
                continue
            case.tries += 1
            last = over or case.tries >= AGAIN
            verdict = judge(case.effects, case.before, after(), thorough=last and not over)
            if verdict.answer != "cannot tell" or last:
                out.append((request, replace(verdict, looks=case.tries)))
                del self._cases[request]
        return out
