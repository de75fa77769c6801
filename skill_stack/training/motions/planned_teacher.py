"""PlannedTeacher: the sampling planner as a teacher of a policy, with samples that spread little."""

from __future__ import annotations

import numpy as np
import torch
from tensordict import TensorDict

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.motion.sampling.motion_plan import MotionPlan
from skill_stack.motion.sampling.planner import NoPlan, SamplingPlanner
from skill_stack.motion.sampling.settings import settings_for
from skill_stack.training.motions.motion_settings import MotionCloning
from skill_stack.training.physics.environment import WalkEnvironment


class PlannedTeacher:
    """Says what the planner would do with every robot of an environment, whose true state it sees."""

    def __init__(self, environment: WalkEnvironment, rewards: RewardSet, settings: MotionCloning, seed: int) -> None:
        """Makes a planner for each robot.

        Args:
            environment: The robots, of a task with ``as_told`` among its rewards.
            rewards: What is asked for.
            settings: How it plans.
            seed: Of the samples.

        Raises:
            DataError: The task has no reward terms.
        """
        if environment._body is None:
            raise DataError("the task has no as_told, so that nothing is known of its robots' bodies")
        self._environment, self._body = environment, environment._body
        self._rewards, self._again = rewards, settings.again
        changes = {"sigma": settings.sigma, "samples": settings.samples}
        quiet = settings_for({"legged"}).model_copy(update=changes)
        self._planners = [
            SamplingPlanner(environment.nominal, self._body, quiet, np.random.default_rng([seed, number]))
            for number in range(environment.num_envs)
        ]
        self._plans: list[MotionPlan | None] = [None] * environment.num_envs
        self._begun = np.zeros(environment.num_envs)

    def __call__(self, _observations: TensorDict) -> torch.Tensor:
        """Actions of all robots, shape (robots, actions)."""
        environment, ticks = self._environment, self._environment.episode_length_buf.numpy()
        targets = np.stack([self._target(number, int(tick)) for number, tick in enumerate(ticks)])
        action = (targets[:, environment._driven] - environment._default) / environment._scale
        clip = environment.task.action_clip
        return torch.from_numpy(np.clip(action, -clip, clip).astype(np.float32))

    def _target(self, number: int, tick: int) -> np.ndarray:
        """Joint targets of one robot, rad. Its steps keep to the clock that the policy sees."""
        environment, planner = self._environment, self._planners[number]
        plan = self._plans[number]
        physics, period = environment._physics, environment._dt
        qpos, qvel = physics.qpos[number], physics.qvel[number]
        if tick == 0 or plan is None:
            clock = environment._clock.phase[number] / environment.task.gait.frequency
            self._begun[number] = clock - tick * period
            planner.begin(self._body.start(0.0, qpos, qvel))
        now = self._begun[number] + tick * period
        if tick == 0 or plan is None or tick % self._again == 0:
            start = self._body.start(now, qpos, qvel)
            try:
                plan = planner.plan(start, self._rewards)
            except NoPlan:
                held = self._body.robot.pose("default")[None]
                plan = MotionPlan(now, period, held, 0.0, np.zeros(1), np.zeros(1))
            self._plans[number] = plan
        assert plan is not None
        return plan.at(now)
