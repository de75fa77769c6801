"""From words to motion, stage by stage: time in each, less that of stages called from it, and the slowest by name."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.connector.connector import Connector
from skill_stack.controllers.control_core import ControlCore
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.planner import Planner
from skill_stack.planner.symbolic.checker import Checker
from skill_stack.runtime.line.line import Line

Array = np.ndarray
WORDS = ("turn left", "walk to the red ball", "turn right", "sit down, then stand up", "walk one metre backwards")
"""Said in turn; each is carried out to its end."""
FIRST_ACTION, TICK = "first action: the tick that takes the request up", "control tick: estimate, policy, safety"
STAGES: Mapping[tuple[type, str], str] = {
    (Planner, "plan"): "parse: words to readings",
    (Checker, "complete"): "search: missing steps",
    (Checker, "check"): "check: the whole plan again",
    (Hazards, "checked"): "check: hazards",
    (PlanExecutor, "tick"): "dispatch: next step of the plan",
    (Connector, "start"): "dispatch: request to the connector",
    (Connector, "update"): "connector cycle: setpoint",
    (ControlCore, "tick"): TICK,
}
"""Stages by the method that does them."""


class StageClock:
    """Time spent in methods.

    Attributes:
        seconds: Time of each call by stage, s, without that in stages that it called.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Starts without a call.

        Args:
            clock: Time, s.
        """
        self.seconds: dict[str, list[float]] = {}
        self._clock, self._inner = clock, [0.0]

    @contextmanager
    def watching(self, stages: Mapping[tuple[type, str], str]) -> Iterator[None]:
        """Measures methods of classes meanwhile; they are restored afterwards."""
        before = {(owner, name): getattr(owner, name) for owner, name in stages}
        for (owner, name), stage in stages.items():
            setattr(owner, name, self._timed(before[owner, name], stage))
        try:
            yield
        finally:
            for (owner, name), method in before.items():
                setattr(owner, name, method)

    def _timed(self, method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(method)
        def timed(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = self._clock()
            try:
                return method(*args, **named)
            finally:
                whole = self._clock() - began
                self.seconds.setdefault(stage, []).append(whole - self._inner.pop())
                self._inner[-1] += whole

        return timed


def measure_stages(line: Line, seconds: float) -> tuple[dict[str, Array], int]:
    """Carries words out until the time is over.

    Args:
        line: A robot that stands.
        seconds: Wall time, s; every sentence is said at least once.

    Returns:
        Times of every stage, s, and how many sentences were carried out to a success.
    """
    clock, done, first = StageClock(), 0, list[float]()
    end, turn = time.perf_counter() + seconds, 0
    with clock.watching(STAGES):
        while turn < len(WORDS) or time.perf_counter() < end:
            ticks = clock.seconds.setdefault(TICK, [])
            starts = len(clock.seconds.get(STAGES[Connector, "start"], ()))
            before = len(ticks)
            done += line.run(WORDS[turn % len(WORDS)]).outcome == "succeeded"
            if len(clock.seconds.get(STAGES[Connector, "start"], ())) > starts and len(ticks) > before:
                first.append(ticks[before])
            turn += 1
    return {name: np.array(times) for name, times in {**clock.seconds, FIRST_ACTION: first}.items() if times}, done


def stage_rows(stages: Mapping[str, Array], note: str = "") -> list[Row]:
    """Median and 99th percentile of every stage, and the slowest one by its median.

    Args:
        stages: Times by stage, in order, s; at least one.
        note: How they were measured.
    """
    rows: list[Row] = []
    for name, times in stages.items():
        rows += [median_row(f"stage: {name}", times, "ms", 1e3),
                 Row(f"stage: {name}, p99", percentile(times, 99) * 1e3, "ms", note=f"{len(times)} times")]  # fmt: skip
    slowest = max(stages, key=lambda name: float(np.median(stages[name])))
    late = max(stages, key=lambda name: percentile(stages[name], 99))
    told = f"{slowest}; by p99: {late}"
    rows.append(replace(median_row("slowest stage, median", stages[slowest], "ms", 1e3), note=told))
    return [replace(rows[0], note=note or rows[0].note), *rows[1:]]


def in_order(stages: Mapping[str, Array]) -> dict[str, Array]:
    """Stages in the order in which words pass them."""
    names: Sequence[str] = (*(name for name in STAGES.values() if name != TICK), FIRST_ACTION, TICK)
    return {name: stages[name] for name in names if name in stages}
