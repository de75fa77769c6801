"""One motion by reward terms in one world: plans in lock-step, judged on the simulation's truth by the same terms."""

from __future__ import annotations

import math
import time

import numpy as np

from skill_stack.core.rewards.costs import RewardVerdict
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask, PlanTimes, RewardSuite, RewardWorlds
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import MotionPlan
from skill_stack.motion.sampling.planner import NoPlan, SamplingPlanner
from skill_stack.motion.sampling.settings import SamplingSettings, settings_for
from skill_stack.motion.sampling.stepped_robot import SteppedRobot
from skill_stack.motion.words.motion_reader import MotionReader
from skill_stack.motion.words.motion_reading import MotionRefusal, SpokenBody
from skill_stack.runtime.episodes.rewards.motion_record import TICK, MotionRecord, judged_episode
from skill_stack.runtime.episodes.rewards.reward_world import World, world_of

Array = np.ndarray
LOOK = 5
"""Control periods between two looks whether it is done."""


class LockStepRun:
    """A simulated robot that something moves, one control period after the other.

    Attributes:
        body: The robot in its world's model.
        robot: The robot.
        record: What it did.
        refused: Why nothing moved it any more, or an empty string.
    """

    def __init__(self, robot: RobotSpec, world: World, worlds: RewardWorlds) -> None:
        """Lets the robot settle in its stance.

        Args:
            robot: The robot.
            world: Its world.
            worlds: What worlds are like.
        """
        pose = self._pose = robot.pose(worlds.pose)
        self.body = ModelBody(world.model, robot, worlds.pose, world.thing)
        data = self.body.posed(world.model, pose)
        self.robot = SteppedRobot(world.model, data, self.body.actuators, pose, TICK, world.latency)
        self.record = MotionRecord(self.body, data)
        self.refused = ""
        for _ in range(round(worlds.settle / TICK)):
            self.robot.tick(pose)

    def follow(self, wanted: RewardSet, keep: float) -> RewardVerdict:
        """Goes on until it is done, has failed or time is up.

        Args:
            wanted: What it is judged by.
            keep: Time after success for which it goes on, s.
        """
        record = self.record = MotionRecord(self.body, self.robot.data)
        self._begin()
        last, after = math.ceil(wanted.success.within / TICK), round(keep / TICK)
        done, tick = False, 0
        while tick < last and not record.reason:
            target = self._target_at(tick)
            if target is None:
                break
            self.robot.tick(target)
            record.note(*self.robot.look(), target)
            tick += 1
            if not done and (tick % LOOK == 0 or tick == last) and record.verdict(wanted).reached:
                done, last = True, tick + after
        return record.verdict(wanted)

    def _begin(self) -> None:
        """Called where the motion begins."""

    def _target_at(self, tick: int) -> Array | None:
        """Joint targets of a control period, rad, shape (joints,); None, with the reason in :attr:`refused`."""
        raise NotImplementedError


class RewardRun(LockStepRun):
    """A simulated robot that follows plans.

    Attributes:
        plans: Plans made.
    """

    def __init__(
        self,
        robot: RobotSpec,
        world: World,
        worlds: RewardWorlds,
        settings: SamplingSettings,
        seed: int,
        asked: RewardSet,
        times: PlanTimes,
    ) -> None:
        """Lets the robot settle in its stance.

        Args:
            robot: The robot.
            world: Its world.
            worlds: What worlds are like.
            settings: Of the planner.
            seed: Of the planner's samples.
            asked: What the planner is given.
            times: When plans are made and come into force.
        """
        super().__init__(robot, world, worlds)
        expected = ModelBody(world.planned, robot, worlds.pose, world.thing)
        self._planner = SamplingPlanner(world.planned, expected, settings, np.random.default_rng(seed))
        self._asked, self._every, self._late = asked, max(1, round(times.again / TICK)), round(times.late / TICK)
        self.plans = 0
        self._plans: list[MotionPlan] = []

    def _begin(self) -> None:
        self._planner.begin(self.record.start)

    def _target_at(self, tick: int) -> Array | None:
        now = TICK * tick
        if tick % self._every == 0 and not self._plan(now, self._asked, self._late):
            return None
        return self._target(now)

    def _plan(self, now: float, asked: RewardSet, late: int) -> bool:
        """Makes a plan that begins some periods later, from the state that is expected by then; False without one."""
        start = self.record.state(now)
        if late:
            until = np.array([self._target(now + TICK * step) for step in range(late)])
            start = self._planner.predict(start, until, TICK)
        try:
            plan = self._planner.plan(start, asked)
        except NoPlan as error:
            self.refused = str(error)
            return False
        self._plans = [*self._plans[-late:], plan] if late else [plan]
        self.plans += 1
        return True

    def _target(self, now: float) -> Array:
        """Joint targets of the newest plan that has begun, rad; the stance before the first."""
        begun = [plan for plan in self._plans if plan.start <= now + 1e-6]
        return begun[-1].at(now) if begun else self._pose


def read_words(robot: RobotSpec, task: MotionTask) -> RewardSet | str:
    """What the words of a task are read as, or why they are not.

    Args:
        robot: The task's robot.
        task: The motion.
    """
    feet = tuple(foot.name for foot in robot.feet)
    body = SpokenBody(feet, () if feet else tuple(robot.fingertips), robot.stand_height, task.holding)
    read = MotionReader(body).read(task.words)
    if isinstance(read, MotionRefusal):
        return read.reason
    return "they ask for no motion" if read is None else read


def run_reward_task(
    robot: RobotSpec, suite: RewardSuite, task: MotionTask, seed: int, settings: SamplingSettings | None = None
) -> Episode:
    """Runs one motion in the world of a seed.

    Args:
        robot: The task's robot.
        suite: Its suite.
        task: The motion.
        seed: Of the world and of the planner's samples.
        settings: Of the planner; None: those that it has for such a robot.
    """
    began, worlds, world = time.perf_counter(), suite.worlds[task.robot], world_of(robot, suite, task, seed)
    asked = read_words(robot, task)
    given = task.rewards if isinstance(asked, str) else asked
    run = RewardRun(robot, world, worlds, settings or settings_for(robot.bodies), seed, given, suite.plans)
    refused = f"words: {asked}" if isinstance(asked, str) else ""
    if not refused:
        run.follow(task.rewards, suite.keep)
        refused = run.refused
    seconds = time.perf_counter() - began
    return judged_episode(run.record, task, seed, world.drawn, seconds, refused, plans=float(run.plans))
