"""Progress of a measurement: done, failed, remaining time."""

from __future__ import annotations

from collections.abc import Callable

EVERY = 10.0
"""Time between two lines where they stay on the page, s."""
QUICKLY = 0.5
"""Time between two lines where each overwrites the one before, s."""


class Progress:
    """Reports to people."""

    def __init__(
        self, total: int, known: int, clock: Callable[[], float], tell: Callable[[str], None], every: float = EVERY
    ) -> None:
        """Reports at once what is left to do, if anything is.

        Args:
            total: Episodes in all.
            known: Those that were measured before.
            clock: Monotonic time, s.
            tell: Takes a line.
            every: Time between two lines, s.
        """
        self._total, self._known, self._clock, self._tell, self._every = total, known, clock, tell, every
        self._done = self._failed = 0
        self._simulated = 0.0
        self._began = self._told = clock()
        if known:
            tell(f"{known} of {total} episodes are there already")

    def note(self, passed: bool, simulated_seconds: float) -> None:
        """Counts a finished episode.

        Args:
            passed: Whether it passed.
            simulated_seconds: Task time, s; 0 where nobody counts it.
        """
        self._done += 1
        self._failed += not passed
        self._simulated += simulated_seconds
        now = self._clock()
        if now - self._told >= self._every or self._known + self._done == self._total:
            self._told = now
            self._tell(self.line(now))

    def line(self, now: float) -> str:
        """The present state.

        Args:
            now: Monotonic time, s.
        """
        spent = max(now - self._began, 1e-9)
        left = self._total - self._known - self._done
        pace = self._simulated / spent
        rate = f", {pace:.{0 if pace >= 10.0 else 1}f} × real time" if self._simulated else ""
        remaining = f", {_time(left * spent / self._done)} left" if left and self._done else ""
        return f"{self._known + self._done} of {self._total} episodes, {self._failed} failed{rate}{remaining}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"
