"""The Go2's paw after a walk: with and without bringing the feet in place first."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.control.blending import BETTER_ON, EVEN
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneFile, VariationFile, load_scene, set_up
from skill_stack.runtime.line.line import Line

ROBOT, SCENE = "go2", "open"
CASES = (("wave", "paw"), ("sit", "sitting down"))
"""Skills and what they are called; one that states no preparation of its own gets that of the first."""
VARIATION = VariationFile(friction=(0.2, 1.0), added_mass=(-1.0, 3.0), latency=(0.0, 0.02), noise=(0.5, 1.5))
SPEEDS = {"vx": (-0.5, 1.0), "vy": (-0.4, 0.4), "wz": (-1.0, 1.0), "duration": (2.0, 3.0)}
BEGINNING = 1.0  # s after the skill was taken up in which torque and jerk count
SLACK = 1.0  # s after the end until which nothing may fall
LIMIT = 30.0  # s until the skill must have ended
FALLEN, UPRIGHT = 1.0, 0.5  # rad: tilt that counts as a fall, and at the end
FIGURES = (
    ("torque", "peak torque", "N·m"),
    ("jerk", "peak jerk", "m/s³"),
    ("slid", "base moved by", "m"),
    ("tilt", "largest tilt", "rad"),
    ("off", "joints off standing at the begin", "rad"),
    ("waited", "begins after", "s"),
)


@dataclass(frozen=True, slots=True)
class Paw:
    """What came of one walk and the skill after it.

    Attributes:
        success: It succeeded and the robot never fell.
        torque: Largest measured joint torque from the request until the skill has begun, N·m: with what comes before,
            and without what the skill itself takes later.
        jerk: Largest change of the measured acceleration of the base when the skill begins, m/s³.
        slid: How far the base was moved from where the skill began, m.
        tilt: Largest tilt, rad.
        off: Root mean square of the joints' distance from standing when the skill began, rad.
        waited: Time between the request and the skill's begin, s.
    """

    success: bool
    torque: float
    jerk: float
    slid: float
    tilt: float
    off: float
    waited: float


def measure(seconds: float) -> list[Row]:
    """Runs the same walks both ways until the time is over, each at least twice.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    library, scene = load_library(resources, robot), load_scene(resources.scene(SCENE))
    prepare = library[CASES[0][0]].prepare
    rows: list[Row] = []
    for skill, called in CASES:
        prepared = library.changed(skill, prepare=library[skill].prepare or prepare)
        end, seed = time.monotonic() + seconds / len(CASES), 0
        pairs: list[tuple[Paw, Paw]] = []
        while seed < 2 or time.monotonic() < end:
            pairs.append(
                (run(robot, prepared, scene, skill, seed, True), run(robot, prepared, scene, skill, seed, False))
            )
            seed += 1
        rows += rows_of(called, pairs)
    return rows


def rows_of(called: str, pairs: list[tuple[Paw, Paw]]) -> list[Row]:
    """The figures of one skill.

    Args:
        called: Name of the case.
        pairs: The same walks with the stance adjusted, and without.
    """
    with_, without = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    name = f"walk, then {called}"

    def ratio(field: str) -> np.ndarray:
        return np.array([getattr(a, field) / max(getattr(b, field), 1e-6) for a, b in pairs])

    success = [float(np.mean([one.success for one in runs])) for runs in (with_, without)]
    better = (success[0] > success[1], np.median(ratio("torque")) < EVEN, np.median(ratio("jerk")) < EVEN)
    rows = [
        Row(f"{name}: better on, of success, torque and jerk", float(sum(better)), "of 3", BETTER_ON, "higher"),
        Row(f"{name}: success, stance adjusted", success[0], "share",
            note=f"{len(pairs)} walks each"),
        Row(f"{name}: success, without", success[1], "share"),
        median_row(f"{name}: peak torque, adjusted / without", ratio("torque"), "x"),
        median_row(f"{name}: peak jerk, adjusted / without", ratio("jerk"), "x"),
    ]  # fmt: skip
    for field, what, unit in FIGURES:
        for how, runs in (("adjusted", with_), ("without", without)):
            rows.append(median_row(f"{name}: {what}, {how}", np.array([getattr(one, field) for one in runs]), unit))
    return rows


def run(robot: RobotSpec, library: SkillLibrary, scene: SceneFile, skill: str, seed: int, stance: bool) -> Paw:
    """Simulates one walk, and the request at its end.

    Args:
        robot: The robot.
        library: Its skills.
        scene: The scene.
        skill: What follows the walk.
        seed: Of world and walk.
        stance: Whether the stance is adjusted.
    """
    world = set_up(scene.model_copy(update={"variation": VARIATION}), seed)
    line = Line(robot, library, world, ConnectorSettings(stance=stance))
    rng = np.random.default_rng([seed, 3])
    line.run_skill("stand", {})
    line.run_skill("walk_for", {name: float(rng.uniform(*range_)) for name, range_ in SPEEDS.items()})
    asked, began, outcome = line.now, math.inf, ""
    line.connector.start(SkillRequest("paw/0", skill, {}), line.scene, line.now)
    rows: list[tuple[float, ...]] = []
    off, end = 0.0, asked + LIMIT
    while line.now < end:
        line.step()
        sample, truth = line.device.sample(), line.device.truth()
        if began == math.inf and line.status.skill == skill:
            began, off = line.now, float(np.sqrt(np.mean((sample.position - np.array(robot.pose("default"))) ** 2)))
        _, i, j, _ = truth.orientation
        tilt = math.acos(min(1.0, max(-1.0, 1.0 - 2.0 * float(i * i + j * j))))
        torque = float(np.abs(sample.torque).max())
        rows.append((line.now, torque, tilt, *sample.linear_acceleration, *truth.position[:2]))
        for ended in line.cycle.outcomes:
            if not outcome and ended.request_id == "paw/0":
                outcome, end = ended.outcome, min(end, line.now + SLACK)
    return _judge(np.array(rows), asked, began, off, outcome, robot.control_rate)


def _judge(rows: np.ndarray, asked: float, began: float, off: float, outcome: str, rate: float) -> Paw:
    """Scores a run; every row is time, torque, tilt, acceleration, place."""
    since = rows[:, 0] >= began
    jerk = np.linalg.norm(np.diff(rows[:, 3:6], axis=0, prepend=rows[:1, 3:6]), axis=1) * rate
    beginning = since & (rows[:, 0] < began + BEGINNING)
    if not beginning.any():
        return Paw(False, float(rows[:, 1].max()), math.nan, math.nan, float(rows[:, 2].max()), off, math.inf)
    places = rows[since, 6:8]
    tilt = float(rows[:, 2].max())
    return Paw(
        success=outcome == "succeeded" and tilt < FALLEN and float(rows[-1, 2]) < UPRIGHT,
        torque=float(rows[rows[:, 0] < began + BEGINNING, 1].max()),
        jerk=float(jerk[beginning].max()),
        slid=float(np.hypot(*(places[-1] - places[0]))),
        tilt=tilt,
        off=off,
        waited=began - asked,
    )
