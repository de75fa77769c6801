"""LoopStatistics: counts how late the ticks of a loop begin and how long they take.

Histograms with buckets that grow by 4.4 % cost a few list accesses per tick for any run length. Counts and worst values
are exact.
"""

from __future__ import annotations

import math
from array import array
from collections import deque

import numpy as np

from skill_stack.core.shared_memory.loop_summary import LoopSpread, LoopSummary, Punctuality

BUCKETS_PER_OCTAVE = 16
SMALLEST = 1e-3  # ms; what is less counts as that
BUCKETS = 24 * BUCKETS_PER_OCTAVE  # up to 17 s
SLICE = 5.0  # s; the last minute moves on by this
SLICES = 12
_OFFSET = -math.log2(SMALLEST)


def bucket(milliseconds: float) -> int:
    """Bucket of a duration."""
    if milliseconds <= SMALLEST:
        return 0
    return min(int(BUCKETS_PER_OCTAVE * (math.log2(milliseconds) + _OFFSET)), BUCKETS - 1)


class Counts:
    """Ticks of some stretch of time, counted."""

    __slots__ = ("latest", "longest", "misses", "ticks", "_late", "_long")

    def __init__(self) -> None:
        """Nothing yet."""
        self.ticks = self.misses = 0
        self.latest = self.longest = 0.0
        # Counted up one by one in a fraction of the time that numpy takes, added up by numpy through views of the same.
        self._late, self._long = array("q", bytes(8 * BUCKETS)), array("q", bytes(8 * BUCKETS))

    def add(self, other: Counts) -> None:
        """Takes everything of another stretch."""
        for mine, its in ((self._late, other._late), (self._long, other._long)):
            np.add(total := np.frombuffer(mine, np.int64), np.frombuffer(its, np.int64), out=total)
        self.ticks += other.ticks
        self.misses += other.misses
        self.latest, self.longest = max(self.latest, other.latest), max(self.longest, other.longest)

    def count(self, lateness_ms: float, tick_ms: float, missed: int) -> None:
        """Takes one tick."""
        self.ticks += 1
        self.misses += missed
        self._late[bucket(lateness_ms)] += 1
        self._long[bucket(tick_ms)] += 1
        if lateness_ms > self.latest:
            self.latest = lateness_ms
        if tick_ms > self.longest:
            self.longest = tick_ms

    def timing_figures(self) -> Punctuality:
        """Summary in a few numbers."""
        late, long = _spread(self._late, self.latest), _spread(self._long, self.longest)
        return Punctuality(self.ticks, self.misses, late, long)


class LoopStatistics:
    """Lateness and duration of all ticks, and of those of the last minute."""

    def __init__(self, period: float, report_every: float = 1.0) -> None:
        """Nothing was counted yet.

        Args:
            period: Time between two deadlines, s.
            report_every: Time between two summaries, s.
        """
        self._report_every = max(1, round(report_every / period))
        self._until_report = self._report_every
        self._per_slice = max(1, round(SLICE / period))
        self._now, self._before = Counts(), Counts()
        self._slices: deque[Counts] = deque(maxlen=SLICES)

    def count(self, lateness_ms: float, tick_ms: float, missed: int) -> LoopSummary | None:
        """Counts one tick.

        Args:
            lateness_ms: How late it began, ms.
            tick_ms: How long it took, ms.
            missed: Deadlines that it missed.

        Returns:
            A summary now and then, else None.
        """
        now = self._now
        now.count(lateness_ms, tick_ms, missed)
        if now.ticks + now.misses >= self._per_slice:
            self._slices.append(now)
            self._before.add(now)
            self._now = Counts()
        self._until_report -= 1
        if self._until_report > 0:
            return None
        self._until_report = self._report_every
        return self.summary()

    def summary(self) -> LoopSummary:
        """Everything so far in a few numbers."""
        start, minute = Counts(), Counts()
        for part in (self._before, self._now):
            start.add(part)
        for part in (*self._slices, self._now):
            minute.add(part)
        return LoopSummary(start.timing_figures(), minute.timing_figures())


def _spread(counts: array[int], worst: float) -> LoopSpread:
    """Quantiles of a histogram: the upper end of the bucket in which they lie, never beyond the worst value."""
    total = np.cumsum(np.frombuffer(counts, np.int64))
    if not total[-1]:
        return LoopSpread()

    def quantile(share: float) -> float:
        place = int(np.searchsorted(total, share * total[-1]))
        return min(SMALLEST * 2.0 ** ((place + 1) / BUCKETS_PER_OCTAVE), worst)

    return LoopSpread(quantile(0.5), quantile(0.99), worst)
