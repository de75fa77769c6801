"""How late the control loop of a Go2 is in real time with a planner of motions beside it, and without."""

from __future__ import annotations

import time

import numpy as np

from skill_stack.benchmarks.campaign.process_stack import ROBOT, ProcessStack
from skill_stack.benchmarks.control.jitter import windows
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import percentile
from skill_stack.core.shared_memory.slow_report import slow_reports

Array = np.ndarray
SKILL = "move_as_told"
RATE = 50.0
"""Of the control loop, Hz."""
ASKED = {"base_height": 0.25, "base_height_weight": 1.0}
TURN = 3.0
"""Time with and without plans in turns, s: whatever else the machine does meets both."""
SETTLING = 1.0
"""After each change, s: it does not count."""
READY = 60.0
"""Longest wait for the first plan, s."""


def lateness(seconds: float) -> list[Row]:
    """Lateness of the loop while it stands by a network in it, and while plans come from the worker, in turns.

    Args:
        seconds: How long both together are watched, s.
    """
    turns = max(1, round(seconds / 2 / TURN))
    late: dict[bool, list[Array]] = {False: [], True: []}
    with ProcessStack("planned_motion") as stack:
        stack.wait_active()
        stack.start("worker")
        _turn(stack, True, READY, first=True)
        for _ in range(turns):
            for plans in late:
                _turn(stack, plans, SETTLING)
                late[plans].append(_turn(stack, plans, seconds / 2 / turns))
        use = next(one for one in slow_reports(stack.channels.block.path) if one.skill == SKILL).values
    without, beside = (np.concatenate(late[plans]) for plans in late)
    note = f"medians of the 99th percentiles of each second; {len(beside)} ticks with plans, {len(without)} without"
    usual = {plans: float(np.median(windows(found, RATE, 99.0))) for plans, found in zip(late, (without, beside))}
    return [
        Row(f"{ROBOT}: 99th percentile of lateness without plans", 1e6 * usual[False], "µs", note=note),
        Row(f"{ROBOT}: 99th percentile of lateness with plans", 1e6 * usual[True], "µs"),
        Row(f"{ROBOT}: latest tick without plans", 1e6 * percentile(without, 100.0), "µs"),
        Row(f"{ROBOT}: latest tick with plans", 1e6 * percentile(beside, 100.0), "µs"),
        Row(f"{ROBOT}: plans that came too late", float(use["late"]), "plans", note=f"of {use['asked']} asked for"),
        Row(f"{ROBOT}: times that the stance took over", float(use["fallbacks"]), "times"),
    ]


def _turn(stack: ProcessStack, plans: bool, seconds: float, first: bool = False) -> Array:
    """Lateness of every tick of a stretch, s; ``first``: it ends with the first plan that drives."""
    stack.skill, stack.goals = (SKILL, ASKED) if plans else ("stand", {})
    late: list[float] = []
    seen, end = stack.channels.status_counter, time.monotonic() + seconds

    def look() -> bool:
        nonlocal seen
        if stack.channels.status_counter != seen:
            seen = stack.channels.status_counter
            late.append(1e-3 * stack.status.lateness_ms)
        return _drives(stack) if first else time.monotonic() >= end

    stack.play_until(look, 2 * seconds, "a plan that drives the robot")
    return np.array(late)


def _drives(stack: ProcessStack) -> bool:
    """Whether a plan drives the robot now."""
    found = [one.values for one in slow_reports(stack.channels.block.path) if one.skill == SKILL]
    return bool(found) and found[0].get("drives") == "policy" and int(found[0]["used"]) > 0
