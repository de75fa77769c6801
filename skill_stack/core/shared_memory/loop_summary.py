"""LoopSummary: timing of a control loop, since its start and over the last minute."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from skill_stack.core.shared_memory.shared_block import SharedRecord

Array = np.ndarray

LOOP_NUMBERS = 16
"""Numbers of a summary in shared memory."""


@dataclass(frozen=True, slots=True)
class LoopSpread:
    """A distribution in three numbers, ms.

    Attributes:
        p50: Half of all values are below it.
        p99: 99 % of all values are below it.
        worst: The largest value.
    """

    p50: float = 0.0
    p99: float = 0.0
    worst: float = 0.0


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Timing of a control loop over a period.

    Attributes:
        ticks: Ticks.
        misses: Deadlines missed.
        lateness: How late ticks began.
        duration: How long ticks took.
    """

    ticks: int
    misses: int
    lateness: LoopSpread
    duration: LoopSpread


@dataclass(frozen=True, slots=True)
class LoopSummary:
    """Timing of a control loop.

    Attributes:
        since_start: Since the control process started.
        last_minute: Over the last minute, to a few seconds.
    """

    since_start: Punctuality
    last_minute: Punctuality


def write_summary(record: SharedRecord, summary: LoopSummary) -> None:
    """Puts a summary into a record of :data:`LOOP_NUMBERS` numbers."""
    record.vector[:] = [number for part in (summary.since_start, summary.last_minute) for number in _numbers(part)]
    record.write()


def read_summary(record: SharedRecord) -> LoopSummary | None:
    """The newest summary, or None when there is none yet.

    Raises:
        StaleData: Its writer died in the middle.
    """
    if not record.counter:
        return None
    _, vector, _ = record.read()
    first, second = vector.reshape(2, -1).tolist()
    return LoopSummary(_punctuality(first), _punctuality(second))


def _numbers(part: Punctuality) -> tuple[float, ...]:
    return (part.ticks, part.misses, *astuple(part.lateness), *astuple(part.duration))


def _punctuality(numbers: list[float]) -> Punctuality:
    ticks, misses, *rest = numbers
    return Punctuality(int(ticks), int(misses), LoopSpread(*rest[:3]), LoopSpread(*rest[3:]))
