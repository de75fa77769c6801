"""MotionWorker: communicates with the built-in controller in a thread, so that the control loop never blocks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cyclonedds.core import DDSException

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.skills.builtin import DAMP, STOP, MotionCommand
from skill_stack.hardware.unitree.controller_restore import ControllerRestore
from skill_stack.hardware.unitree.sport.motion_dialogue import MotionDialogue

PERIOD = 0.01
"""Time between two turns, s; a new motion is called at once."""


class MotionWorker:
    """One thread with two tasks: keeping the built-in controller running, and commanding it.

    Attributes:
        trouble: Why the robot does not carry out the requested motion, for people; empty when it does.
    """

    def __init__(
        self,
        back: ControllerRestore,
        dialogue: MotionDialogue,
        stale: float,
        clock: Callable[[], float] = time.monotonic,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        """Starts the thread.

        Args:
            back: Whether the built-in controller runs.
            dialogue: What it shall do.
            stale: Age of the last request at which the control loop counts as ended and the robot is stopped, s.
            clock: Monotonic time, s.
            may: Whether the lease is still ours. Afterwards nothing is called: another process may have damped the
                robot, and a stop would have it stand again.
        """
        self._may = may
        self._back, self._dialogue, self._stale, self._clock = back, dialogue, stale, clock
        self._wanted: tuple[MotionCommand, float] = (MotionCommand(), clock())
        self._safe = False
        self._news, self._end = threading.Event(), False
        self.trouble = back.trouble
        self._thread = WorkerThread("built-in motions", self._run)
        self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether the built-in controller runs and is under our control."""
        return bool(self._back.found) and not self._back.lost

    @property
    def lost(self) -> bool:
        """Whether another client switched the built-in controller off."""
        return self._back.lost

    @property
    def refusals(self) -> int:
        """How many calls were refused or not answered."""
        return self._dialogue.refusals

    def want(self, command: MotionCommand, safe: bool) -> None:
        """Sets the requested motion; returns at once.

        Args:
            command: What the built-in controller shall do.
            safe: Whether the robot lies at rest where it needs no power.
        """
        new = command != self._wanted[0]
        self._wanted, self._safe = (command, self._clock()), safe
        if new:
            self._news.set()
        if not self._thread.is_alive():
            self.trouble = "the thread that speaks with the robot has ended; start the control process again"

    def close(self) -> None:
        """Ends the thread after the last requested motion was called."""
        self._end = True
        self._news.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while True:
            self._news.wait(PERIOD)
            self._news.clear()
            last = self._end
            try:
                self._turn(self._clock())
            except DDSException as error:
                self.trouble = f"the network refuses: {error}"
            if last:
                return

    def _turn(self, now: float) -> None:
        if not self._may():
            self.trouble = "another process commands the robot"
            return
        command, said = self._wanted
        if command.motion and command.motion != DAMP and now - said > self._stale:
            command = MotionCommand(STOP)
        self._back.turn(now, self._safe)
        # Damping does not wait until it is known who has the robot: where nobody listens it does no harm.
        if self.runs or command.motion == DAMP:
            self._dialogue.turn(command, now)
        self.trouble = self._back.trouble or self._dialogue.trouble
