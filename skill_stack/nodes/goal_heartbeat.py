"""GoalHeartbeat: heartbeats to clients of a step, also while the connector computes for longer than their time-out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread
from skill_stack_interfaces.action import DoSkill

EVERY = 0.25  # s between two signs of life
AWAKE = 0.4  # s within which whoever is not thinking has been heard of
LONGEST = 6.0
"""Longest computation covered by heartbeats, s; a longer silence counts as a hang."""
THINKING = "thinking"


class GoalHeartbeat:
    """A thread that sends heartbeats only while the node's own thread does not.

    A grasp is fitted in some tenths of a second of work; on a machine that is busy with other things that takes longer
    than the second and a half after which a silent connector counts as dead. A process that has ended or hangs sends no
    heartbeat either.
    """

    def __init__(self, goals: Callable[[], Iterable[Any]], clock: Callable[[], float] = time.monotonic) -> None:
        """Starts without a heartbeat.

        Args:
            goals: The goals that clients wait for.
            clock: Monotonic time, s.
        """
        self._goals, self._clock = goals, clock
        self._awake = clock()
        self._ended = threading.Event()
        self._thread = WorkerThread("goals", self._run, wanted=lambda: not self._ended.is_set(), again=AGAIN)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def awake(self) -> None:
        """Notes that the node's own thread is running."""
        self._awake = self._clock()

    def beat(self) -> int:
        """Sends due heartbeats for every goal; how many."""
        silent = self._clock() - self._awake
        if not AWAKE < silent < LONGEST:
            return 0
        waiting = [goal for goal in self._goals() if goal.is_active]
        for goal in waiting:
            goal.publish_feedback(DoSkill.Feedback(phase=THINKING))
        return len(waiting)

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            try:
                self.beat()
            except RuntimeError:  # goals that change while they are listed, or a context that has just ended
                continue
