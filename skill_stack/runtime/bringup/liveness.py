"""Liveness: whether a started process still works, or is frozen."""

from __future__ import annotations

import os

from skill_stack.core.processes.process_identity import is_stopped

LOOK_EVERY = 0.25
"""Time between two checks of a process, s."""
STOPPED = 1.5
"""Time that a process may be stopped by a signal before it counts as frozen, s."""


class Liveness:
    """Reads the heartbeat of one process, and checks its state.

    A process that is stopped by a signal counts as frozen after :data:`STOPPED`, whether it has a pulse or not. One
    that runs and has fallen silent may only be busy, or kept from the processor by others, and gets ``patience``. One
    that is held by a debugger (another state of the kernel's) gets the same, and one that has never beaten is waited
    for: starting up is bounded elsewhere. Only time in which the listener itself was awake counts.

    Attributes:
        descriptor: The end of the pipe that the process inherits; see :mod:`skill_stack.core.processes.heartbeat`.
    """

    def __init__(self, patience: float) -> None:
        """Makes the pipe.

        Args:
            patience: Longest silence of a process that is not stopped, s.
        """
        self._patience = patience
        self._listening, self.descriptor = os.pipe()
        os.set_blocking(self._listening, False)
        self._looked = 0.0
        self._heard = 0.0  # time since the last sign of life, s; counts once it beats
        self._stopped = 0.0
        self._beats = False
        self._verdict = ""

    def handed_over(self) -> None:
        """Closes the child's end, after the process has inherited it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def close(self) -> None:
        """Closes the pipe."""
        self.handed_over()
        if self._listening >= 0:
            os.close(self._listening)
            self._listening = -1

    def look(self, pid: int, now: float) -> str:
        """Why a process counts as frozen, or an empty string.

        Args:
            pid: The process.
            now: Monotonic time, s.
        """
        if now - self._looked >= LOOK_EVERY:
            self._verdict = self._judge(pid, now)
        return self._verdict

    def _judge(self, pid: int, now: float) -> str:
        passed = min(now - self._looked, 2 * LOOK_EVERY)
        self._looked = now
        if self._read():
            self._beats, self._heard = True, 0.0
        else:
            self._heard += passed
        stopped = is_stopped(pid)
        self._stopped = self._stopped + passed if stopped else 0.0
        if stopped and self._stopped >= STOPPED:
            return f"froze (stopped by a signal for {self._stopped:.1f} s)"
        if self._beats and not stopped and self._heard > self._patience:
            return f"hangs (no sign of life for {self._heard:.0f} s)"
        return ""

    def _read(self) -> bool:
        """Whether there was a heartbeat since the last check."""
        try:
            return bool(os.read(self._listening, 4096))
        except BlockingIOError:
            return False
