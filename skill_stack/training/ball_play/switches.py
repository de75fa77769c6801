"""Labels that switch at random, in the runtime's line: a skill of a ball for a while, then another one to its end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.connector.balls.ball_play import LABELS
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.evaluation.suite import load_suite
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scenario_line import PushSchedule, ScenarioLine
from skill_stack.runtime.episodes.scenario_world import varied_scene

SUITE = "go2_ball"
SKILLS = dict(zip(LABELS, ("dribble_ball", "kick_ball_to", "stop_ball"), strict=True))
COUNT = 5
"""Switches of one world."""
FIRST, PLACE, WAY = (1.5, 4.0), (1.6, 2.8), 2.0
"""For how long the first label of a switch lasts, s; how far from the ball its place is, and its dribble's way, m."""
NEAR = 0.5
"""Largest distance of the ball from the front of the robot in the end, or from its place when nearest, m."""


def measure_switches(
    resources: Resources, robot: RobotSpec, seeds: Sequence[int], report: Callable[[str], None]
) -> dict[str, Any]:
    """Switches :data:`COUNT` times in each world of the suite, pushed meanwhile; judged on simulator truth.

    Args:
        resources: Where skills, suites and scenes are.
        robot: The robot.
        seeds: One world each.
        report: Takes progress lines.
    """
    suite = load_suite(resources.find(f"config/scenarios/{SUITE}.yaml", "suite"))
    library, rows = load_library(resources, robot), list[dict[str, Any]]()
    planner, scene = Planner(library), varied_scene(resources, suite, suite.tasks[0])
    for seed in seeds:
        line = ScenarioLine(robot, library, set_up(scene, seed), None, planner)
        rng = np.random.default_rng((seed, len(SUITE)))
        line.run_skill("rise", {})
        line.schedule = PushSchedule(suite.perturbations.pushes, rng, line.now) if suite.perturbations.pushes else None
        rows += [{"seed": seed, **_switch(line, robot, library, rng)} for _ in range(COUNT)]
        report(f"seed {seed}: {sum(row['right'] for row in rows)} of {len(rows)} right")
    good = sum(row["right"] for row in rows)
    return {
        "seeds": seeds_text(list(seeds)), "right": good, "of": len(rows), "commit": commit_here(),
        "interval": list(success_interval(good, len(rows))), "wrong": [row for row in rows if not row["right"]],
    }  # fmt: skip


def _switch(
    line: ScenarioLine, robot: RobotSpec, library: SkillLibrary, rng: np.random.Generator
) -> dict[str, Any]:
    """One label for a while, another one to its end."""
    first, then = (LABELS[place] for place in rng.permutation(len(LABELS))[:2])
    line.run_skill_for(SKILLS[first], _asked(line, first, rng), rng.uniform(*FIRST))
    arguments = _asked(line, then, rng)
    line.watch()
    result = line.run_skill(SKILLS[then], arguments)
    record = line.record(line.now, arguments)
    if then == "kick":
        goal = np.array(line.scene.objects["goal"].position[:2])
        off = float(np.linalg.norm((record.moved or {})["ball"][..., :2] - goal, axis=-1).min())
    else:
        truth, ball = line.device.truth(), true_place(line.device, line.scene.objects["ball"]).position
        base = Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))
        off = math.dist(base.local(ball[0], ball[1]), (robot.footprint.front, 0.0))
    right = off <= NEAR and not line.device.truth().fallen
    return {"first": first, "then": then, "off": round(off, 3), "outcome": result.outcome, "right": right}


def _asked(line: ScenarioLine, label: str, rng: np.random.Generator) -> dict[str, Any]:
    """Arguments of a skill; a kick gets a place in any direction from where the ball is known to be."""
    if label == "kick":
        x, y, _ = line.scene.objects["ball"].position
        angle, far = rng.uniform(-math.pi, math.pi), rng.uniform(*PLACE)
        goal = replace(line.scene.objects["goal"], position=(x + far * math.cos(angle), y + far * math.sin(angle), 0.0))
        line.scene = replace(line.scene, objects={**line.scene.objects, "goal": goal})
        return {"target": "ball", "place": "goal"}
    return {"target": "ball", **({"way": WAY} if label == "dribble" else {})}
