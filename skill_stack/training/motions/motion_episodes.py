"""The same motion in the same worlds by its planner and by a policy, judged on the simulation's truth.

The planner begins from the true state; the policy sees what the robot measures, with the errors that its sensors have.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, multiply
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask, RewardSuite, RewardWorlds, load_reward_suite
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.motion.sampling.settings import settings_for
from skill_stack.runtime.episodes.rewards.motion_record import judged_episode
from skill_stack.runtime.episodes.rewards.reward_episode import LockStepRun, RewardRun
from skill_stack.runtime.episodes.rewards.reward_world import World, world_of
from skill_stack.training.exporting.policy import LoadedPolicy, PolicyRun

Array = np.ndarray
WORLDS = "config/scenarios/rewards.yaml"
"""Suite whose worlds, times and length are taken."""


class MeasuringPolicyRun(LockStepRun):
    """A simulated robot that a policy moves by what its sensors say."""

    def __init__(
        self, robot: RobotSpec, world: World, worlds: RewardWorlds, policy: LoadedPolicy, goals: Array, seed: int
    ) -> None:
        """Lets the robot settle in its stance, and draws what its sensors have wrong all the time.

        Args:
            robot: The robot.
            world: Its world.
            worlds: What worlds are like.
            policy: The policy.
            goals: Goal values of the policy, shape (commands,).
            seed: Of the sensors' errors.
        """
        super().__init__(robot, world, worlds)
        self._spec, self._goals, self._rng = robot, goals, np.random.default_rng([seed, 1])
        self._run, self._index = PolicyRun(policy, robot), index_model(world.model, robot)
        sensors = robot.sensors
        self._encoder = self._rng.uniform(-sensors.encoder_bias, sensors.encoder_bias, robot.size)
        self._gyro = self._rng.uniform(-sensors.gyro_bias, sensors.gyro_bias, 3)

    def _target_at(self, tick: int) -> Array | None:
        return self._run.act(self._sense(), self._goals).q

    def _sense(self) -> RobotState:
        """What the robot measures; its base has no velocity and no place here."""
        data, index, sensors, noise = self.robot.data, self._index, self._spec.sensors, self._rng.standard_normal
        joints = self._spec.size
        tilt = (1.0, *(0.5 * sensors.orientation_noise * noise(2)), 0.0)
        orientation = np.array(multiply(tuple(data.sensordata[index.orientation]), tilt))
        orientation /= np.linalg.norm(orientation)
        return RobotState(
            task_time=data.time,
            position=data.qpos[index.joint_qpos] + self._encoder + sensors.encoder_noise * noise(joints),
            velocity=data.qvel[index.joint_qvel] + sensors.velocity_noise * noise(joints),
            torque=np.zeros(joints),
            orientation=orientation,
            angular_velocity=data.sensordata[index.gyro] + self._gyro + sensors.gyro_noise * noise(3),
            projected_gravity=gravity_in_base(orientation),
            base_position=np.full(3, np.nan),
            base_velocity=np.full(3, np.nan),
            contact=np.zeros(len(self._spec.feet), dtype=bool),
            sources={},
        )


@dataclass(frozen=True)
class MotionWorlds:
    """Where one motion is tried.

    Attributes:
        robot: The robot, with the gains of the skill that plans.
        suite: Worlds, times and length of an episode.
        task: The motion.
    """

    robot: RobotSpec
    suite: RewardSuite
    task: MotionTask

    @classmethod
    def here(cls, found: Resources, robot: RobotSpec, skill: str, words: str, rewards: RewardSet) -> MotionWorlds:
        """The worlds of the suite of motions.

        Args:
            found: Where it is.
            robot: The robot, with the gains of the skill that plans.
            skill: Name of the motion.
            words: How it is asked for.
            rewards: What it is, and when it is done.

        Raises:
            DataError: The suite has no worlds for the robot, or nothing says when the motion is done.
        """
        task = {"name": skill, "robot": robot.name, "words": words, "rewards": rewards.plain()}
        suite = load_reward_suite(found.find(WORLDS, "suite"))
        return cls(robot, RewardSuite.model_validate({**suite.model_dump(), "tasks": [task]}), MotionTask(**task))

    def planned(self, seed: int) -> Episode:
        """An episode by the planner.

        Args:
            seed: Of the world and of the samples.
        """
        began, world, worlds = time.perf_counter(), self._world(seed), self.suite.worlds[self.robot.name]
        settings, rewards = settings_for(self.robot.bodies), self.task.rewards
        run = RewardRun(self.robot, world, worlds, settings, seed, rewards, self.suite.plans)
        run.follow(rewards, self.suite.keep)
        seconds = time.perf_counter() - began
        return judged_episode(run.record, self.task, seed, world.drawn, seconds, run.refused)

    def driven(self, policy: LoadedPolicy, seed: int) -> Episode:
        """An episode by a policy.

        Args:
            policy: The policy.
            seed: Of the world and of the sensors' errors.
        """
        began, world, worlds = time.perf_counter(), self._world(seed), self.suite.worlds[self.robot.name]
        goals = np.zeros(len(policy.contract.command_names))
        run = MeasuringPolicyRun(self.robot, world, worlds, policy, goals, seed)
        run.follow(self.task.rewards, self.suite.keep)
        return judged_episode(run.record, self.task, seed, world.drawn, time.perf_counter() - began)

    def _world(self, seed: int) -> World:
        return world_of(self.robot, self.suite, self.task, seed)
