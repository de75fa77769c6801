"""Lateness of the control loop under full load, against an empty loop on an idle machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.control.control_rig import ControlRig
from skill_stack.benchmarks.control.empty_loop import result_of, start_empty_loop
from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.benchmarks.machine import fifo_permitted
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.scheduling import schedule, urgent
from skill_stack.benchmarks.stack.running_stack import running_stack
from skill_stack.benchmarks.timing import middle, percentile
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.core.errors import StaleData
from skill_stack.core.shared_memory.channels import RobotChannels

LIMIT = 5.0  # % of the period
RATES = {50.0: 99.0, 500.0: 99.9}
"""Control rates, Hz, and the percentile that counts at each."""
FAST_ROBOT, JOINTS = "synthetic_500hz", 29
WINDOW = 1.0  # s
NAP = 1e-3  # s between two looks, shorter than the shortest period
WATCHER = 20  # priority of the looking: below what is looked at
STANDING = 12.0  # s that it may take the robot to stand before the flood begins


def measure(seconds: float) -> list[Row]:
    """Empty loops on an idle machine, then the control loops with nodes and load, each with and without SCHED_FIFO.

    Args:
        seconds: How long all take together, s.
    """
    orders = (True, False) if fifo_permitted() else (False,)
    share = seconds / 3 / len(orders)
    empty = {fifo: _empty(share, fifo) for fifo in orders}
    loaded = _loaded(2 * share, orders)
    rows = [
        row
        for fifo in orders
        for rate in RATES
        for row in _rows(rate, fifo, empty[fifo][rate], loaded[fifo][rate])
    ]
    if True not in orders:
        rows.insert(0, Row("with SCHED_FIFO", float("nan"), "%", LIMIT, note="this machine does not permit SCHED_FIFO"))
    return rows


def _empty(seconds: float, fifo: bool) -> dict[float, np.ndarray]:
    """Lateness of empty loops by rate, s."""
    loops = {rate: start_empty_loop(rate, seconds, fifo) for rate in RATES}
    return {rate: result_of(loop) for rate, loop in loops.items()}


def _loaded(seconds: float, orders: Sequence[bool]) -> dict[bool, dict[float, np.ndarray]]:
    """Lateness of the control loops by scheduling and rate, s; each order takes that long."""
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name, running_stack() as stack:
        made_up = write_robot(Path(name), FAST_ROBOT, JOINTS, max(RATES))
        whole = seconds * len(orders)
        with ControlRig(FAST_ROBOT, made_up) as rig, stack.probe("flood", whole + STANDING) as probe:
            stack.wait_for(probe, "flooding", STANDING)
            # Rate-monotonic: two loops of one priority on one core would wait for each other's ticks.
            priorities = {stack.pids["control"]: PRIORITY, rig.pid: PRIORITY + 1}
            found = {}
            for fifo in orders:
                for pid, priority in priorities.items():
                    schedule(pid, priority if fifo else None)
                found[fifo] = _watch({min(RATES): stack.channels, max(RATES): rig.channels}, seconds)
                stack.up.poll()
    return found


def _watch(blocks: dict[float, RobotChannels], seconds: float) -> dict[float, np.ndarray]:
    """Lateness of every tick as the control processes report it, s, by control rate."""
    seen = dict.fromkeys(blocks, 0)
    late: dict[float, list[float]] = {rate: [] for rate in blocks}
    # The looking itself must be in time, or late ticks would be those that are overlooked.
    with urgent(WATCHER):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for rate, channels in blocks.items():
                counter = channels.status_counter
                if counter == seen[rate]:
                    continue
                seen[rate] = counter
                try:
                    status = channels.read_status()
                except StaleData:
                    continue
                if status is not None:
                    late[rate].append(status.lateness_ms * 1e-3)
            time.sleep(NAP)
    return {rate: np.array(values) for rate, values in late.items()}


def _rows(rate: float, fifo: bool, empty: np.ndarray, loaded: np.ndarray) -> list[Row]:
    q = RATES[rate]
    how = "SCHED_FIFO" if fifo else "no SCHED_FIFO"
    usual, of_empty = windows(loaded, rate, q), windows(empty, rate, q)
    beyond = 100.0 * rate * (_median(usual) - _median(of_empty))
    microseconds = loaded * 1e6
    return [
        Row(
            f"{rate:g} Hz, {how}: p{q:g} beyond the empty loop's",
            max(beyond, 0.0) if np.isfinite(beyond) else beyond,
            "% of period",
            LIMIT if fifo else None,
            note=f"medians over windows of {WINDOW:g} s of their p{q:g}; {len(loaded)} ticks in {len(usual)} windows, "
            f"{len(empty)} in {len(of_empty)} of the empty loop",
        ),
        Row(f"{rate:g} Hz, {how}: p{q:g}", _median(usual) * 1e6, "µs", spread=_spread(usual * 1e6)),
        Row(f"{rate:g} Hz, {how}: p{q:g} of the empty loop", _median(of_empty) * 1e6, "µs"),
        Row(f"{rate:g} Hz, {how}: p{q:g} of all ticks together", percentile(loaded, q) * 1e6, "µs"),
        Row(f"{rate:g} Hz, {how}: latest tick", percentile(microseconds, 100.0), "µs"),
        Row(f"{rate:g} Hz, {how}: latest tick of the empty loop", percentile(empty, 100.0) * 1e6, "µs"),
    ]


def windows(late: np.ndarray, rate: float, q: float) -> np.ndarray:
    """The q-th percentile of the lateness in each window, s, shape (windows,).

    One stall of the machine makes several ticks late, one after the other. In the percentile of a short run it counts
    as many times as that, and decides the figure alone; in the median over windows it is one window. Where late ticks
    come singly both are about the same: a window holds as many ticks as it takes for one of them to be beyond or not.

    Args:
        late: Lateness of each tick in their order, s.
        rate: Control rate, Hz.
        q: The percentile, 0 to 100.
    """
    parts = np.array_split(late, max(1, round(len(late) / (rate * WINDOW))))
    return np.array([percentile(part, q) for part in parts])


def _median(values: np.ndarray) -> float:
    return float(np.median(values))


def _spread(values: np.ndarray) -> tuple[float, float] | None:
    return middle(values) if np.isfinite(values).all() else None
