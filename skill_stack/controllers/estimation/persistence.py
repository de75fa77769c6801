"""Persistence: how long a condition has held without a break."""

from __future__ import annotations

_ROUNDING = 1e-9


class Persistence:
    """Separates momentary from lasting conditions."""

    def __init__(self, patience: float) -> None:
        """Takes the time from which it counts, s."""
        self._patience = patience
        self._since: float | None = None

    def forget(self) -> None:
        """Restarts the time."""
        self._since = None

    ok = forget

    def lasts(self, now: float, is_so: bool) -> float | None:
        """How long the condition has held, s, once that exceeds the patience; else None.

        Args:
            now: Task time, s.
            is_so: Whether it is so now.
        """
        if not is_so:
            self._since = None
            return None
        if self._since is None or now < self._since:
            self._since = now
        seconds = now - self._since
        return seconds if seconds >= self._patience - _ROUNDING else None
