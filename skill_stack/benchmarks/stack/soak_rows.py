"""Results of a soak: slopes over the windows, and whether anything grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.stats import theilslopes

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.soak_record import SoakRecord, SoakWindow
from skill_stack.benchmarks.timing import percentile

Array = np.ndarray

MEMORY_LIMIT = 2.0
"""MiB per hour that one process may grow: a robot that is on for a working day loses less than 20 MiB to it."""
TIMING_LIMIT = 5.0
"""% of the control period per hour by which lateness (99th percentile) and tick (median) may grow beyond what the
reference loop beside them does: a machine that others make slower is no growth of the stack's."""
SETTLED = 0.2
"""Share of the run that is not judged: caches fill, and the black box is written for the first time."""
JUDGED_FROM = 600.0
"""Length of a run, s, from which growth is judged; in less, one page that is touched for the first time decides."""
HOUR = 3600.0  # s
MOST = 6  # reasons that are listed


def soak_rows(windows: Sequence[SoakWindow], record: SoakRecord, rate: float, answers: int = 0) -> list[Row]:
    """The figures.

    Args:
        windows: All windows in order.
        record: What counted meanwhile.
        rate: Rate of the control loop, Hz.
        answers: How often the robot's pose was stated at its request.
    """
    judged = sum(window.seconds for window in windows) >= JUDGED_FROM
    late = np.concatenate([window.late for window in windows])
    tick = np.concatenate([window.tick for window in windows])
    turns = np.concatenate([window.reference for window in windows], axis=1)
    span = sum(window.seconds for window in windows) / 60.0
    done = record.errands
    errands = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.items())) or "none ended"
    reasons = "; ".join(f"{count} × {reason}" for reason, count in record.reasons.most_common(MOST))
    why = f"{errands}. {reasons}"
    troubles = f"in {span:.1f} min. {'; '.join(record.troubles[:MOST])}".strip()
    return [
        Row("processes started again", record.restarts, "processes", 0.0, note=troubles),
        Row("errands that did not succeed", sum(done.values()) - done["succeeded"], "errands", note=why),
        Row("times it asked where it is, and was told", answers, "times"),
        *growth_rows(windows, rate, judged),
        *_timing("lateness", 1e3 * late),
        *_timing("tick", 1e3 * tick),
        *_timing("reference loop: lateness", 1e3 * turns[0]),
        *_timing("reference loop: turn", 1e3 * turns[1]),
        Row("ticks", len(tick), "ticks", note=f"{record.lost} more were not seen; {rate:g} Hz"),
    ]


def growth_rows(windows: Sequence[SoakWindow], rate: float, judged: bool) -> list[Row]:
    """Slopes of timing and memory by the method of Theil and Sen, which one odd window does not move.

    Args:
        windows: All windows in order.
        rate: Rate of the control loop, Hz.
        judged: Whether the run was long enough for limits.
    """
    kept = windows[int(SETTLED * len(windows)) :]
    ends = np.array([window.end for window in kept])
    period = 10.0 / rate  # ms in one percent of the period
    how = "Theil–Sen slope after the first fifth; spread: 95 % of it"
    if not judged:
        how += f"; a run of less than {JUDGED_FROM / 60:g} min is not judged"
    unit = "% of period per hour"
    limit = TIMING_LIMIT if judged else None
    beyond, alone = _beyond_reference(kept), _alone(kept)
    rows = [_growth(name, ends, values / period, unit, limit, how) for name, values in beyond.items()]
    rows += [_growth(name, ends, values / period, unit, None, how) for name, values in alone.items()]
    limit = MEMORY_LIMIT if judged else None
    for name, values in _memory(kept).items():
        note = f"{values[0]:.1f} → {values[-1]:.1f} MiB"
        rows.append(_growth(f"{name}: growth", ends, values, "MiB per hour", limit, note))
    return rows


def _alone(windows: Sequence[SoakWindow]) -> dict[str, Array]:
    """Lateness and duration by window as they were, ms: they show the load of others on the machine too."""
    return {
        "lateness p99: growth": _each(windows, 99, lambda window: window.late),
        "tick median: growth": _each(windows, 50, lambda window: window.tick),
        "reference loop: lateness p99: growth": _each(windows, 99, lambda window: window.reference[0]),
        "reference loop: turn median: growth": _each(windows, 50, lambda window: window.reference[1]),
    }


def _beyond_reference(windows: Sequence[SoakWindow]) -> dict[str, Array]:
    """The same with the machine's share taken out, ms: lateness adds up, slowness multiplies."""
    late, tick, reference_late, reference_turn = _alone(windows).values()
    return {
        "lateness p99 beyond the reference loop's: growth": late - reference_late,
        "tick median against the reference loop's: growth": tick * np.median(reference_turn) / reference_turn,
    }


def _each(windows: Sequence[SoakWindow], q: float, values: Callable[[SoakWindow], Array]) -> Array:
    return np.array([percentile(values(window), q) for window in windows])


def _memory(windows: Sequence[SoakWindow]) -> Mapping[str, list[float]]:
    """Memory by process in each window; of a process that was not there in all of them nothing."""
    names = [name for name in windows[0].memory if all(name in window.memory for window in windows)]
    return {name: [window.memory[name] for window in windows] for name in names}


def _growth(name: str, ends: Array, values: Sequence[float] | Array, unit: str, limit: float | None, note: str) -> Row:
    if not np.isfinite(values).all():
        return Row(name, math.nan, unit, limit, note="some windows have no reading: the run was too short")
    slope, _, low, high = theilslopes(np.asarray(values), ends / HOUR)
    return Row(name, float(slope), unit, limit, spread=(float(low), float(high)), note=note)


def _timing(name: str, values: Array) -> list[Row]:
    note = "" if len(values) else "nothing was read"
    return [Row(f"{name}, {label}", percentile(values, q), "µs", note=note) for label, q in _PERCENTILES.items()]


_PERCENTILES = {"median": 50.0, "p99": 99.0, "p99.9": 99.9, "worst": 100.0}
