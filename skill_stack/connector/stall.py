"""StallWatch: detects a step that commands motion without progress."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(slots=True)
class StallWatch:
    """Counts the time since the remaining error last shrank while motion was requested.

    Attributes:
        step: Progress that counts as such, in the unit of the remaining error.
        jump: Growth of the error that can only be a new way or a moved target, and starts afresh.
    """

    step: float
    jump: float = 0.5
    _best: float = math.inf
    _since: float | None = None

    def update(self, remaining: float, moving: bool, now: float) -> float:
        """Takes the newest error.

        Args:
            remaining: Remaining distance, m (or angle, rad); not below 0.
            moving: Whether movement is commanded.
            now: Task time, s.

        Returns:
            Time without progress, s; 0 while no movement is commanded.
        """
        progress = remaining <= self._best - self.step or remaining > self._best + self.jump
        if not moving or self._since is None or progress:
            self._best = remaining
            self._since = now
        return now - self._since
