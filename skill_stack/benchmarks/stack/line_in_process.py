"""Planner, connector, controller and physics of the Go2 in one process, against real time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.seed_counts import SeedCounts, counted_figures
from skill_stack.benchmarks.stack.stages import STAGES, in_order, measure_stages, stage_rows
from skill_stack.benchmarks.stack.stages import WORDS as WORDS_IN_TURN
from skill_stack.benchmarks.timing import median_row
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

ROBOT, SCENE = "go2", "playground"
WORDS = "walk to the red ball, then sit down"
LIMIT = 20.0  # x real time per core


@dataclass(frozen=True, slots=True)
class LineRun:
    """One instruction carried out.

    Attributes:
        simulated: Task time from the instruction to its end, s.
        processor: Processor time of all threads meanwhile, s.
        wall: Time by the clock meanwhile, s.
        building: Time by the clock to build scene, physics and controller, s.
        outcome: How it ended.
    """

    simulated: float
    processor: float
    wall: float
    building: float
    outcome: str


def measure(seconds: float) -> list[Row]:
    """Carries out the same words in differently seeded worlds until the time is over.

    Args:
        seconds: How long, s.
    """
    end = time.perf_counter() + 0.6 * seconds
    runs: list[LineRun] = []
    while not runs or time.perf_counter() < end:
        runs.append(_run(seed=len(runs)))
    speed = np.array([run.simulated / run.processor for run in runs])
    wall = np.array([run.simulated / run.wall for run in runs])
    done = sum(run.outcome == "succeeded" for run in runs)
    task = float(np.median([run.simulated for run in runs]))
    note = f"“{WORDS}”, {len(runs)} seeds, {done} succeeded, {task:.1f} s of task time each; by processor time"
    return [
        replace(
            median_row("simulated time / processor time", speed, "x real time", limit=LIMIT),
            better="higher",
            note=note,
        ),
        median_row("simulated time / time by the clock", wall, "x real time"),
        median_row("building scene, physics and controller", np.array([run.building for run in runs]), "s"),
        *_stages(0.4 * seconds),
    ]


def _stages(seconds: float) -> list[Row]:
    """From words to motion, stage by stage; the timers are not in the figures above."""
    line = _line(seed=1)
    line.run("stand up")
    found, done = measure_stages(line, seconds)
    said = len(found[STAGES[Planner, "plan"]])
    return stage_rows(in_order(found), f"{said} sentences in turn, {done} succeeded; without stages called from it")


class StageTimes:
    """Times of the stages from words to motion, in worlds of the Go2."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads nothing yet.

        Args:
            resources: Not needed: a world loads what it needs.
            robot: The same.
        """

    def score(self, seed: int) -> SeedCounts:
        """Carries every sentence out once in the world of a seed; the median of each stage, in ms."""
        line = _line(seed)
        line.run("stand up")
        found, done = measure_stages(line, 0.0)
        medians = {f"{name}, ms": 1e3 * float(np.median(times)) for name, times in in_order(found).items()}
        return SeedCounts(seed, {"all sentences carried out": {"": done == len(WORDS_IN_TURN)}}, medians)


def stage_figures(scores: Sequence[SeedCounts]) -> dict[str, Any]:
    """Mean over seeds of the median of every stage, and the slowest by name."""
    figures = counted_figures(scores)
    stages = [name for name in figures if name.endswith(", ms")]
    slowest = max(stages, key=lambda name: figures[name]["value"], default=None)
    return {**figures, "slowest": None if slowest is None else slowest.removesuffix(", ms")}


def _run(seed: int) -> LineRun:
    """One run in a world of its own."""
    begin = time.perf_counter()
    line = _line(seed)
    building = time.perf_counter() - begin
    begin, spent = time.perf_counter(), time.process_time()
    result = line.run(WORDS)
    return LineRun(
        simulated=result.simulated_seconds,
        processor=time.process_time() - spent,
        wall=time.perf_counter() - begin,
        building=building,
        outcome=result.outcome,
    )


def _line(seed: int) -> Line:
    """A robot in a world of its own."""
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    library = load_library(resources, robot)
    return Line(robot, library, set_up(load_scene(resources.scene(SCENE)), seed), planner=Planner(library))
