"""Accuracy of base motion estimated from IMU and legs, against simulator truth and the odometry sensor."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from skill_stack.benchmarks.control.estimation_run import KINDS, EstimationMoment, on_legs, record, scores
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import Work, back_to_back, median_row, paced
from skill_stack.controllers.estimation.base_estimator import BaseEstimator
from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene

ROBOT, SCENE = "go2", "playground"
VELOCITY_LIMIT = 0.1  # m/s
COST_LIMIT = 60.0  # µs
RUN = 13.0  # s of simulated time
PACED = 100  # ticks at the control rate
FIRST_SEED = 401  # the noise in robot.yaml was chosen in other worlds
FAST = 500.0  # Hz, a control loop with which the same filters must do

# Name in the report, name of the score, unit, factor, limit.
_FIGURES: tuple[tuple[str, str, str, float, float | None], ...] = (
    ("velocity, legs", "velocity legs", "m/s", 1.0, VELOCITY_LIMIT),
    ("velocity, legs by joint torque", "velocity torque", "m/s", 1.0, VELOCITY_LIMIT),
    ("velocity, odometry sensor", "velocity odometry", "m/s", 1.0, None),
    ("velocity in the plane, legs", "plane legs", "m/s", 1.0, None),
    ("worst velocity in the plane, legs", "worst legs", "m/s", 1.0, None),
    ("velocity in the plane, odometry sensor", "plane odometry", "m/s", 1.0, None),
    ("height, legs", "height", "mm", 1e3, None),
    ("height, odometry sensor", "height odometry", "mm", 1e3, None),
    ("tilt, filtered", "tilt legs", "mrad", 1e3, None),
    ("tilt, IMU", "tilt imu", "mrad", 1e3, None),
    ("heading drift, legs", "drift legs", "mrad/min", 1e3, None),
    ("heading drift, odometry sensor", "drift odometry", "mrad/min", 1e3, None),
    ("position by distance, legs", "way legs", "%", 1e2, None),
    ("position by distance, odometry sensor", "way odometry", "%", 1e2, None),
)
_OVERALL: tuple[tuple[str, str, str, float], ...] = (
    ("contacts right, foot sensor", "contact legs", "%", 1e2),
    ("contacts right, joint torque", "contact torque", "%", 1e2),
    ("joint velocity, measured", "joints measured", "rad/s", 1.0),
    ("joint velocity, filtered", "joints filtered", "rad/s", 1.0),
)


def measure(seconds: float) -> list[Row]:
    """Runs every kind in worlds of rising seeds until the time is over, each kind at least once.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    library, scene = load_library(resources, robot), load_scene(resources.scene(SCENE))
    end, seed = time.perf_counter() + seconds, FIRST_SEED
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    moments: list[EstimationMoment] = []
    while seed == FIRST_SEED or time.perf_counter() < end:
        for kind in KINDS:
            moments = record(robot, library, scene, kind, seed, RUN)
            found[kind].append(scores(moments))
        seed += 1
    rows = [row for kind in KINDS for row in _rows(kind, found[kind])]
    rows += [row for kind in KINDS for row in _fast(record(robot.at_rate(FAST), library, scene, kind, seed, RUN), kind)]
    everything = [run for runs in found.values() for run in runs]
    rows += [_row(name, everything, score, unit, factor, None) for name, score, unit, factor in _OVERALL]
    return rows + _cost(robot, moments)


def _rows(kind: str, runs: Sequence[Mapping[str, float]]) -> list[Row]:
    """The figures of one kind of run."""
    fallen = sum(run["fallen"] > 0.0 for run in runs)
    rows = [_row(f"{kind}: {name}", runs, score, unit, factor, limit) for name, score, unit, factor, limit in _FIGURES]
    first = rows[0]
    note = f"root mean square over {len(runs)} worlds of {RUN:g} s each, {fallen} fallen; spread over the worlds"
    return [Row(first.name, first.value, first.unit, first.limit, spread=first.spread, note=note), *rows[1:]]


def _fast(moments: Sequence[EstimationMoment], kind: str) -> list[Row]:
    """The figures of one run in a faster loop."""
    run = scores(moments)
    wanted = [figure for figure in _FIGURES if figure[1] in ("velocity legs", "velocity torque", "plane legs")]
    return [
        _row(f"{kind} at {FAST:g} Hz: {name}", [run], score, unit, factor, limit)
        for name, score, unit, factor, limit in wanted
    ]


def _row(
    name: str, runs: Sequence[Mapping[str, float]], score: str, unit: str, factor: float, limit: float | None
) -> Row:
    """One figure over several runs: root mean square of an error, mean of a share."""
    values = factor * np.array([run.get(score, np.nan) for run in runs])
    value = float(np.mean(values)) if score.startswith("contact") else float(np.sqrt(np.mean(values**2)))
    note = "" if np.isfinite(value) else "the device has no odometry sensor"
    spread = None if note else (float(values.min()), float(values.max()))
    return Row(name, value, unit, limit, spread=spread, note=note)


def _feeding(filters: BaseEstimator, readings: Sequence[FastEstimate]) -> Callable[[], None]:
    """Feeds one reading at each call."""
    queue = iter(readings)

    def feed() -> None:
        filters.update(next(queue))

    return feed


def _cost(robot: RobotSpec, moments: Sequence[EstimationMoment]) -> list[Row]:
    """What the filters take for one sample of a walking robot."""
    reader = Estimator(robot)
    readings = [reader.read(m.sample, m.truth.task_time, m.truth.task_time) for m in moments]
    rows = []
    for label, contact in (("filters", "foot_force"), ("filters with joint torques", "joint_torque")):
        filters = BaseEstimator(on_legs(robot, contact))
        work = Work(_feeding(filters, readings))
        warm = back_to_back(work, len(readings) - PACED)
        rows.append(
            median_row(f"{label}, back to back", warm, "µs", 1e6, COST_LIMIT if contact == "foot_force" else None)
        )
        cold, _ = paced(robot.control_rate, PACED, work)
        rows.append(median_row(f"{label}, paced at {robot.control_rate:g} Hz", cold, "µs", 1e6))
    return rows
