"""Walking and body poses of the Go2 in simulation: fading against hard switching, and blending of both."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.control.blending_lower import SKILL, Lowered, lower, lower_rows
from skill_stack.benchmarks.control.blending_run import HEIGHT_OFF, POSE, SHARE, TILT_OFF, WALK, SkillChange, hard, run
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene

ROBOT, SCENE = "go2", "playground"
BETTER = "better on, of success, torque and jerk"
BETTER_ON = 2.0
"""On how many of success, torque and jerk fading must be better than hard switching."""
EVEN = 0.95
"""Ratio from which a figure counts as no better."""


def measure(seconds: float) -> list[Row]:
    """Runs the same tasks in every way until the time is over, each at least twice.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    library, scene = load_library(resources, robot), load_scene(resources.scene(SCENE))
    lacking = [name for name in (WALK, POSE) if name not in library.entries or not library.entries[name].usable]
    if lacking:
        why = f"not measured: the robot lacks the skill {', '.join(lacking)}"
        return [Row(BETTER, math.nan, "of 3", BETTER_ON, "higher", note=why)]
    switched = hard(library)
    faded, abrupt, together, lowered = [], [], [], list[Lowered]()
    end, seed = time.monotonic() + seconds, 0
    while seed < 2 or time.monotonic() < end:
        faded.append(run(robot, library, scene, seed))
        abrupt.append(run(robot, switched, scene, seed))
        together.append(run(robot, library, scene, seed, together=True))
        if SKILL in library:
            lowered.append(lower(robot, library, scene, seed))
        seed += 1
    return [*rows(faded, abrupt, together), *(lower_rows(lowered) if lowered else ())]


def rows(faded: Sequence[SkillChange], abrupt: Sequence[SkillChange], together: Sequence[SkillChange]) -> list[Row]:
    """The figures of runs of the same tasks in three ways."""
    torque, jerk = (
        np.array([getattr(a, name) / getattr(b, name) for a, b in zip(faded, abrupt, strict=True)])
        for name in ("torque", "jerk")
    )
    successes = [float(np.mean([run.success for run in runs])) for runs in (faded, abrupt, together)]
    better = (successes[0] > successes[1], np.median(torque) < EVEN, np.median(jerk) < EVEN)
    mixed = f"weights {1 - SHARE:g} and {SHARE:g}: that share of the pose, within the same bounds, while walking"
    what = f"success: a pose within {1e3 * HEIGHT_OFF:g} mm and {TILT_OFF:g} rad, no fall, and on at speed"
    return [
        Row(BETTER, float(sum(better)), "of 3", BETTER_ON, "higher"),
        Row("walk, pose, walk: success, faded", successes[0], "share", note=f"{len(faded)} runs each; {what}"),
        Row("walk, pose, walk: success, hard", successes[1], "share"),
        median_row("walk, pose, walk: peak torque, faded / hard", torque, "x"),
        median_row("walk, pose, walk: peak jerk, faded / hard", jerk, "x"),
        *(
            median_row(f"walk, pose, walk: {name}, {how}", np.array([getattr(run, key) for run in runs]), unit)
            for name, key, unit in (("peak torque", "torque", "N·m"), ("peak jerk", "jerk", "m/s³"))
            for how, runs in (("faded", faded), ("hard", abrupt))
        ),
        Row("walking with a pose: success", successes[2], "share", note=mixed),
        median_row("walking with a pose: speed", np.array([run.speed for run in together]), "m/s"),
        median_row("walking with a pose: body lower by", np.array([run.lowered for run in together]), "mm", 1e3),
    ]
