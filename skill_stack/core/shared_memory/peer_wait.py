"""Waiting for another process that answers within microseconds when it is awake, or not at all."""

from __future__ import annotations

from collections.abc import Callable

SPIN = 30e-6
"""Time, s, for which looking again at once is cheaper than going to sleep."""
SHORT, LONG = 20e-6, 1e-3
"""First and longest sleep, s."""


class Patience:
    """Looks again at once for a moment, then sleeps a little longer each time."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Takes a monotonic clock, s, and a way to sleep, s."""
        self._clock = clock
        self._sleep = sleep
        self._since: float | None = None
        self._next = SHORT

    def reset(self) -> None:
        """What was waited for has come."""
        self._since = None
        self._next = SHORT

    @property
    def spins(self) -> bool:
        """Whether to look again at once; else there is time to do something, or to :meth:`wait`."""
        if self._since is None:
            self._since = self._clock()
        return self._clock() - self._since < SPIN

    def wait(self) -> None:
        """Waits a little before the next look."""
        if self.spins:
            return
        self._sleep(self._next)
        self._next = min(1.3 * self._next, LONG)
