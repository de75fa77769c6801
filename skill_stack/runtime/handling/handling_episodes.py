"""Episodes of a humanoid that walks to something and touches it, in one process, judged on simulator truth."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.handling_scenes import HandlingScene, handling_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.runtime.episodes.scenario_line import SeeingLine
from skill_stack.runtime.line.line import LineResult

NEAR = 0.05
"""Largest mean distance of the fingertips from the surface over the last half second, m."""
LAST = 25
"""Control ticks at the end over which they are judged."""
TOUCH, APPROACH = "touch", "go_to"
"""Skill that touches, and skill that comes near without a choice of the place."""


class TouchLine(SeeingLine):
    """A line that keeps where the fingertips were.

    Attributes:
        tips: Places of the left and the right fingertips at every control tick, m, shape (2, 3) each.
        fallen: Whether the robot fell.
    """

    tips: list[np.ndarray]
    fallen: bool

    def begin(self) -> None:
        """Stands up."""
        self.tips, self.fallen = [], False
        self.run_skill("stand", {})

    def step(self) -> SkillStatus:
        """One control period, recorded."""
        status = super().step()
        bodies = [self.device.data.body(HAND.format(side=side)) for side in ("left", "right")]
        self.tips.append(np.stack([one.xpos + one.xmat.reshape(3, 3) @ np.array(TIP) for one in bodies]))
        self.fallen = self.fallen or self.device.truth().fallen
        return status


class HandlingEpisodes:
    """Runs instructions, each in its own world, with and without the choice of where to stand."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Name of the robot.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._robot = load_robot(resources.robot(robot), resources)
        self._library = load_library(resources, self._robot)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed, and its plan without the choice."""
        scene = handling_scene(seed)
        line = self._line(scene)
        done = line.run(scene.words)
        reason = self._judged(line, scene, done)
        return ContrastScore(seed, scene.words, scene.kind, not reason, not self._plain(scene, done.plan), reason,
                             round(done.simulated_seconds, 2))  # fmt: skip

    def _plain(self, scene: HandlingScene, plan: Plan) -> str:
        """What was wrong when the robot only went near and touched."""
        line = self._line(scene)
        node = PlanNode("sequence", tuple(self._step(name, scene.target) for name in (APPROACH, TOUCH)))
        return self._judged(line, scene, line.run_plan(Plan("plain", scene.words, "plan", node)))

    def _step(self, skill: str, target: str) -> PlanNode:
        return PlanNode(
            "skill", skill=skill, arguments=self._library[skill].complete({"target": target}), why="without"
        )

    def _line(self, scene: HandlingScene) -> TouchLine:
        line = TouchLine(self._robot, self._library, set_up(scene.file, scene.seed))
        facts = {Fact("on", (scene.target, scene.beneath))} if scene.beneath else set()
        line.scene = SceneGraph(line.scene.objects, line.scene.facts | facts, line.scene.robot)
        line.begin()
        return line

    def _judged(self, line: TouchLine, scene: HandlingScene, done: LineResult) -> str:
        """What was wrong by the truth; empty where the thing was touched."""
        if line.fallen:
            return "it fell"
        if done.outcome != "succeeded":
            return f"the robot said: {done.reason}"
        off = distance(np.array(line.tips[-LAST:]), line.scene[scene.target])
        return "" if off <= NEAR else f"the fingertips were {off:.2f} m from it"


def distance(tips: np.ndarray, thing: SceneObject) -> float:
    """Mean distance of the nearer fingertips from the surface of a thing, m.

    Args:
        tips: Shape (N, 2, 3), m.
        thing: A sphere or an upright cylinder.
    """
    off = tips - np.array(thing.position)
    if thing.shape == "sphere":
        out = np.linalg.norm(off, axis=2) - thing.size[0] / 2
    else:
        aside = np.hypot(off[..., 0], off[..., 1]) - thing.size[0] / 2
        above = np.abs(off[..., 2]) - thing.size[2] / 2
        out = np.where(above > 0.0, np.hypot(np.maximum(aside, 0.0), above), aside)
    return float(np.abs(out).mean(axis=0).min())
