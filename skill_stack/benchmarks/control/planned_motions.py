"""Planning of motions by sampling: what a plan costs, and the control loop's lateness beside a planner at work."""

from __future__ import annotations

import os
import time

import numpy as np

from skill_stack.benchmarks.control.planned_lateness import SKILL, lateness
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, middle
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.planner import SamplingPlanner
from skill_stack.motion.sampling.settings import settings_for

ASKED = {
    "go2": {"terms": [{"term": "velocity_x", "target": 0.4}]},
    "allegro_right": {"terms": [{"term": "object_yaw", "target": 1.57}]},
    "g1": {"terms": [{"term": "hand_height", "of": "left", "target": 1.3}]},
}
"""What the planner of each robot is asked for."""
CUBE = SceneObject(
    "cube", "cube", (-0.006, 0.0, 0.345), shape="box", size=(0.065, 0.065, 0.065), movable=True, mass=0.09, friction=0.8
)  # fmt: skip
APART = 2
"""Steps of a plan that are followed before the next."""
SHARE = 0.5
"""Largest share of its life that a plan may cost of one core."""
LEAST = 3
"""Plans that are made in any case."""


class PlannedMotion:
    """A robot that follows its plans in the planner's own model.

    Attributes:
        cpu: CPU time of each plan so far, s.
        simulated: Time that the samples of one plan look ahead, all together, s.
        life: Of a plan, s.
    """

    def __init__(self, name: str) -> None:
        """Builds robot and planner."""
        found = Resources.from_environment(os.environ)
        sampled = load_skill(found.find(f"models/{name}/{SKILL}", "skill")).sampled
        assert sampled is not None
        robot = sampled.moved(load_robot(found.robot(name), found))
        holds = "hand" in robot.bodies
        scene = SceneSetup(name="bench", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=(CUBE,)) if holds else None
        model = build_model(robot, scene, foot_kinematics=True, bare=bool(robot.carried_by))
        pose = "cradle" if holds else "default"
        body = ModelBody(model, robot, pose, CUBE.id if holds else "")
        settings = settings_for(robot.bodies)
        self._planner = SamplingPlanner(model, body, settings, np.random.default_rng(1))
        self._rewards = RewardSet.parse(ASKED[name], name)
        data = body.posed(model, robot.pose(pose))
        self._first = self._state = body.start(0.0, data.qpos, data.qvel)
        self.simulated = settings.samples * settings.horizon
        self.cpu: list[float] = []
        self.life = 0.5 * settings.horizon

    def plan(self) -> None:
        """One plan, and its first steps."""
        begin = time.process_time()
        plan = self._planner.plan(self._state, self._rewards)
        self.cpu.append(time.process_time() - begin)
        self._state = self._planner.predict(self._state, plan.targets[:APART], plan.step)
        if plan.violation or len(self.cpu) % 100 == 0:
            self._state = self._first
            self._planner.begin(self._state)


def measure(seconds: float) -> list[Row]:
    """The rows.

    Args:
        seconds: How long to measure altogether, s.
    """
    rows: list[Row] = []
    for name in ASKED:
        motion, end = PlannedMotion(name), time.monotonic() + seconds / 6
        while len(motion.cpu) < LEAST or time.monotonic() < end:
            motion.plan()
        cpu = np.array(motion.cpu[1:])
        note = f"{len(cpu)} plans; a plan lives {motion.life:g} s"
        low, high = middle(cpu)
        rows += [
            median_row(f"{name}: CPU time of a plan", cpu, "ms", 1e3),
            Row(f"{name}: plans in a second of one core", float(1 / np.median(cpu)), "1/s", None, "higher",
                (1 / high, 1 / low)),
            Row(f"{name}: a plan's CPU time against its life", float(np.median(cpu)) / motion.life, "x", SHARE,
                spread=(low / motion.life, high / motion.life), note=note),
            Row(f"{name}: simulated against CPU time", motion.simulated / float(np.median(cpu)), "x", None, "higher",
                (motion.simulated / high, motion.simulated / low)),
        ]  # fmt: skip
    return [*rows, *lateness(seconds / 2)]
