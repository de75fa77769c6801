"""Heartbeat: a process's sign of life to the one that started it: bytes in an inherited pipe."""

from __future__ import annotations

import os
import stat
from collections.abc import MutableMapping

VARIABLE = "SKILL_STACK_PULSE"
"""Environment variable with the number of the inherited descriptor."""
EVERY = 0.5
"""Time between two heartbeats, s."""


class Heartbeat:
    """Beats from the loop that does the work, never from a separate thread, so that a hung loop falls silent.

    Without a listener the heartbeat has no effect, so callers need not check for one.

    Attributes:
        heard: Whether a listener exists, as far as is known.
    """

    def __init__(self, descriptor: int = -1) -> None:
        """Takes the writing end of a pipe, or -1 for none."""
        self._descriptor = descriptor
        self._next = 0.0

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str]) -> Heartbeat:
        """Takes the pipe out of the environment, so that child processes do not inherit it.

        Args:
            environment: Usually ``os.environ``; the variable is removed. One that names no pipe is ignored.
        """
        text = environment.pop(VARIABLE, "")
        if not text.isdigit():
            return cls()
        try:
            if not stat.S_ISFIFO(os.fstat(int(text)).st_mode):
                return cls()
            os.set_inheritable(int(text), False)
            os.set_blocking(int(text), False)
        except OSError:
            return cls()
        return cls(int(text))

    @property
    def heard(self) -> bool:
        """Whether a reader exists, as far as is known."""
        return self._descriptor >= 0

    def beat(self, now: float) -> None:
        """Sends a heartbeat when one is due.

        Args:
            now: Monotonic time, s.
        """
        if self._descriptor < 0 or now < self._next:
            return
        self._next = now + EVERY
        try:
            os.write(self._descriptor, b".")
        except BlockingIOError:  # nobody has read for long; that one's trouble
            pass
        except OSError:  # the listener is gone, and no later one has this pipe
            os.close(self._descriptor)
            self._descriptor = -1
