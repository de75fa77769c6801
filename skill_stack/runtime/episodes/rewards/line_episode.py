"""One motion by reward terms through the whole line: words, planner, connector, controller and physics in lock-step.

For a robot whose arms are planned while a skill has its legs: the planner of motions alone could not stand there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

from skill_stack.controllers.slow.slow_runner import SlowRunner
from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask, RewardSuite
from skill_stack.motion.words import ToldMotion
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.rewards.library_episode import BEFORE, LYING, LibraryRun
from skill_stack.runtime.episodes.rewards.motion_record import judged_episode
from skill_stack.runtime.episodes.rewards.reward_world import world_of
from skill_stack.runtime.line.line import Line

LOOK = 0.1
"""Time between two looks whether it is done, s."""


@dataclass(frozen=True)
class LineMotions:
    """What episodes of one robot share.

    Attributes:
        robot: The robot.
        library: Its skills.
    """

    robot: RobotSpec
    library: SkillLibrary

    @cached_property
    def planner(self) -> Planner:
        """Plans for it."""
        return Planner(self.library)

    @cached_property
    def moved(self) -> RobotSpec:
        """What of the robot the motions move, as a robot of its own."""
        sampled = self.skill.sampled
        assert sampled is not None
        return sampled.moved(self.robot)

    @cached_property
    def skill(self) -> SkillSpec:
        """The skill that takes reward terms.

        Raises:
            DataError: There is none.
        """
        told = ToldMotion.in_library(self.library)
        if told is None:
            raise DataError(f"{self.robot.name} has no skill by reward terms; it needs one as g1/move_as_told")
        return told.spec

    def run(self, suite: RewardSuite, task: MotionTask, seed: int) -> Episode:
        """Runs one motion in the world of a seed.

        Args:
            suite: Its suite.
            task: The motion.
            seed: Of the world.
        """
        began, worlds = time.perf_counter(), suite.worlds[task.robot]
        world = world_of(self.robot, suite, task, seed)
        line = Line(self.robot, self.library, world.setup, planner=self.planner, pose=LYING)
        line.run_skill(BEFORE, {})
        line.idle(worlds.settle)
        plan = _above(line.plan(task.words), task, self.library)
        run = LibraryRun(line, world, worlds.pose, self.moved)
        if plan.status == "plan":
            _follow(run, line, plan, task, suite.keep)
        runner = line.core.bank.runners[self.skill.name]
        assert isinstance(runner, SlowRunner)
        use = runner.use
        refused = "" if plan.status == "plan" else f"no plan: {plan.reason}"
        return judged_episode(
            run.record, task, seed, world.drawn, time.perf_counter() - began, refused, plans=float(use.taken),
            fallbacks=float(use.fallbacks),
        )  # fmt: skip


def _follow(run: LibraryRun, line: Line, plan: Plan, task: MotionTask, keep: float) -> None:
    """Carries out a plan until it is done and kept, the robot is lost, or time is up."""
    going, end, look, done = line.execution(plan), line.now + task.rewards.success.within, line.now + LOOK, False
    while line.now < end and not run.record.reason:
        next(going, None)
        run.step()
        if line.core.mode is ControlMode.DAMPED:
            run.record.reason = f"it was damped: {line.status.reason}"
        if not done and line.now >= look and run.record.simulated:
            look += LOOK
            if run.record.verdict(task.rewards).reached:
                done, end = True, line.now + keep


def _above(plan: Plan, task: MotionTask, library: SkillLibrary) -> Plan:
    """The plan of the words, at the same time as the skill that a task has the legs do."""
    if task.under is None or plan.tree is None or plan.status != "plan":
        return plan
    arguments = library[task.under.skill].complete(dict(task.under.arguments))
    legs = PlanNode("skill", skill=task.under.skill, arguments=arguments, why="the task has the robot do it meanwhile")
    both = PlanNode("parallel", (legs, plan.tree))
    return Plan(plan.id, plan.instruction, plan.status, both, plan.facts, plan.reason)
