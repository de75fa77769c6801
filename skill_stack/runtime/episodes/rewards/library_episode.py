"""The library alone: a motion asked for in words, carried out by the skills that the robot has, in the same worlds."""

from __future__ import annotations

import time

from skill_stack.core.plan import Plan
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask, RewardSuite
from skill_stack.motion.sampling.aim_watch import looked
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.rewards.motion_record import TICK, MotionRecord, judged_episode
from skill_stack.runtime.episodes.rewards.reward_world import World, world_of
from skill_stack.runtime.line.line import Line

LYING = "lie"
"""Pose in which a robot with feet begins."""
BEFORE = "stand"
"""Skill that brings it into the stance in which motions begin."""


class LibraryRun:
    """A line that is recorded while it carries out words.

    Attributes:
        record: What the robot did.
    """

    def __init__(self, line: Line, world: World, pose: str, moved: RobotSpec | None = None) -> None:
        """Begins a record.

        Args:
            line: A line whose robot is in its stance.
            world: Its world, whose model has the joints of the line's and the sensors that terms read.
            pose: Named pose that is its stance.
            moved: What of the robot terms are about, as a robot of its own; None for all of it.
        """
        self._line, self._began = line, line.now
        robot = line.robot if moved is None else moved
        self._body = body = ModelBody(world.model, robot, pose, world.thing)
        self._model, self._scratch = world.model, body.posed(world.model, robot.pose(pose))
        self.record = MotionRecord(body, line.device.data)

    def follow(self, plan: Plan, within: float, keep: float) -> None:
        """Carries out a plan until it has ended or time is up.

        Args:
            plan: A plan with steps.
            within: Time for it, s.
            keep: Time for which the robot is watched after it has ended, s.
        """
        going, runs = self._line.execution(plan), True
        end = self._line.now + within
        while self._line.now < end and not self.record.reason:
            if runs and next(going, self) is self:
                runs, end = False, min(end, self._line.now + keep)
            self.step()

    def step(self) -> None:
        """One control period, which is noted."""
        self._line.step()
        if self._line.now - self._began > self.record.simulated + TICK - 1e-6:
            start = self.record.state(self._line.now)
            target = self._line.device.data.ctrl[self._body.actuators].copy()
            self.record.note(*looked(self._model, self._scratch, self._body, start), target)


def run_library_task(robot: RobotSpec, planner: Planner, suite: RewardSuite, task: MotionTask, seed: int) -> Episode:
    """Runs one motion in the world of a seed with the skills of a library.

    Args:
        robot: The task's robot.
        planner: Of a library in which no skill plans motions.
        suite: Its suite.
        task: The motion.
        seed: Of the world.
    """
    began, worlds, world = time.perf_counter(), suite.worlds[task.robot], world_of(robot, suite, task, seed)
    line = Line(robot, planner.library, world.setup, planner=planner, pose=LYING if robot.feet else worlds.pose)
    if robot.feet:
        line.run_skill(BEFORE, {})
    line.idle(worlds.settle)
    plan, run = line.plan(task.words), LibraryRun(line, world, worlds.pose)
    if plan.status == "plan":
        run.follow(plan, task.rewards.success.within, suite.keep)
    refused = "" if plan.status == "plan" else f"no plan: {plan.reason}"
    return judged_episode(run.record, task, seed, world.drawn, time.perf_counter() - began, refused)
