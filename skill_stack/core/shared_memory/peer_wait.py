"""Waiting for another process that usually answers within microseconds."""

from __future__ import annotations

from collections.abc import Callable

SPIN = 30e-6
"""Time, s, for which polling is cheaper than sleeping."""
SHORT, LONG = 20e-6, 1e-3
"""First and longest sleep, s."""


class Patience:
    """Polls for a moment, then sleeps, a little longer each time."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Takes a monotonic clock, s, and a way to sleep, s."""
        self._clock = clock
        self._sleep = sleep
        self._since: float | None = None
        self._next = SHORT

    def reset(self) -> None:
        """Restarts the polling, after what was waited for arrived."""
        self._since = None
        self._next = SHORT

    @property
    def spins(self) -> bool:
        """Whether to poll again at once; otherwise there is time for other work, or for :meth:`wait`."""
        if self._since is None:
            self._since = self._clock()
        return self._clock() - self._since < SPIN

    def wait(self) -> None:
        """Sleeps before the next poll."""
        if self.spins:
            return
        self._sleep(self._next)
        self._next = min(1.3 * self._next, LONG)
