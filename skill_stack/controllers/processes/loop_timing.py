"""LoopTiming: timing of the control loop; measured outside the logic and passed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoopTiming:
    """Timing as of the tick that begins now.

    Attributes:
        tick_ms: Duration of the tick before, ms.
        lateness_ms: How late this tick began, ms.
        misses: Deadlines missed since the start.
        misses_in_row: Deadlines missed in a row up to now.
        unwatched: Age of the supervisor's last heartbeat, s; infinite when there was none yet, 0 where none
            is needed.
    """

    tick_ms: float = 0.0
    lateness_ms: float = 0.0
    misses: int = 0
    misses_in_row: int = 0
    unwatched: float = 0.0
