"""Pacing and percentiles: what all benchmarks measure with."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.controllers.processes.control_loop import REHEARSAL

Array = np.ndarray


def nothing() -> None:
    """Does nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be timed.

    Attributes:
        run: The function to time.
        prepare: Preparation of each run; called before the sleep, outside the measured time.
        rehearse: Called shortly before the deadline, outside the measured time, as in the control loop.
    """

    run: Callable[[], None]
    prepare: Callable[[], None] = nothing
    rehearse: Callable[[], None] = nothing


def paced(rate: float, count: int, work: Work) -> tuple[Array, Array]:
    """Runs work at absolute deadlines, as the control loop does; sleeping leaves the caches to others in between.

    Args:
        rate: Hz.
        count: Number of cycles.
        work: What each cycle does.

    Returns:
        Duration of the work and lateness of the wake-up in each cycle, s, both of shape (count,).
    """
    duration, lateness = np.zeros(count), np.zeros(count)
    period, clock = 1.0 / rate, time.perf_counter
    deadline = clock() + period
    for cycle in range(count):
        work.prepare()
        if work.rehearse is not nothing:
            time.sleep(max(0.0, deadline - REHEARSAL - clock()))
            work.rehearse()
        time.sleep(max(0.0, deadline - clock()))
        begin = clock()
        work.run()
        end = clock()
        duration[cycle], lateness[cycle] = end - begin, begin - deadline
        deadline = max(deadline + period, end)  # an overrun is not made up for by a burst
    return duration, lateness


def alternating(rate: float, seconds: float, works: Sequence[Work], window: float = 0.5) -> list[Array]:
    """Paces several kinds of work in turn, so that all of them meet the same disturbances.

    Args:
        rate: Hz.
        seconds: How long all take together, s.
        works: The kinds of work.
        window: Length of one turn, s; its first two cycles are left out.

    Returns:
        For each kind of work the durations by window, s, shape (windows, cycles).
    """
    cycles = max(3, round(window * rate))
    windows = max(1, round(seconds * rate / (cycles * len(works))))
    durations: list[list[Array]] = [[] for _ in works]
    for _ in range(windows):
        for kept, work in zip(durations, works):
            kept.append(paced(rate, cycles, work)[0][2:])
    return [np.array(kept) for kept in durations]


def back_to_back(work: Work, count: int = 1000) -> Array:
    """Durations of work that is done without a pause, s, shape (count,): what it takes with warm caches."""
    duration, clock = np.zeros(count), time.perf_counter
    for cycle in range(count):
        work.prepare()
        begin = clock()
        work.run()
        duration[cycle] = clock() - begin
    return duration


@contextmanager
def collector_frozen() -> Iterator[None]:
    """Keeps the garbage collector away, as the control process does."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def middle(values: Array) -> tuple[float, float]:
    """10th and 90th percentile: the spread of a row."""
    low, high = np.percentile(values, (10, 90))
    return float(low), float(high)


def median_row(name: str, values: Array, unit: str, scale: float = 1.0, limit: float | None = None) -> Row:
    """A row with the median of samples and their 10th to 90th percentile.

    Args:
        name: What was measured.
        values: Samples.
        unit: Unit after scaling.
        scale: Factor from the samples' unit to the row's.
        limit: The figure to reach, from above.
    """
    if len(values) == 0:
        return Row(name, float("nan"), unit, limit, note="no samples")
    scaled = np.asarray(values).ravel() * scale
    return Row(name, float(np.median(scaled)), unit, limit, spread=middle(scaled))


def percentile(values: Array, q: float) -> float:
    """The q-th percentile, NaN without samples."""
    return float(np.percentile(values, q)) if len(values) else float("nan")
