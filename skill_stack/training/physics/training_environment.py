"""TrainingEnvironment: what the learner and its loop need of a vectorised environment."""

from __future__ import annotations

from typing import Any

from rsl_rl.env import VecEnv
from rsl_rl.extensions import Symmetry

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.training.learners.statistics import TrainingStatistics
from skill_stack.training.tasks.contexts import NeedMap
from skill_stack.training.tasks.ppo_task import PpoTask

REWARD_GROUPS = "reward_groups"
"""Key of extras: rewards of each group, shape (robots, groups)."""


class TrainingEnvironment(VecEnv):
    """Many differing robots that do one task.

    Attributes:
        contract: Contract of the policy that is trained.
        statistics: Sums of the present iteration.
        level: Level of the curriculum, 0 to 1.
        helped: How much of what helps the robots at first there still is, 0 to 1; what is learnt with it is not kept.
        grouped: Whether its extras tell the rewards of each group, under :data:`REWARD_GROUPS`.
    """

    contract: PolicyContract
    statistics: TrainingStatistics
    level: float
    helped = 0.0
    grouped = False

    @property
    def ppo(self) -> PpoTask:
        """Settings of the learner."""
        return self.task.ppo  # type: ignore[no-any-return]

    task: Any

    def begin_iteration(self, iteration: int) -> None:
        """Prepares an iteration of learning, of which there were as many before."""

    def widen_ranges(self) -> None:
        """Makes the task harder by a twentieth, where it can be."""

    def tracking(self, summary: dict[str, float]) -> float:
        """How well the task is done, as a share of the best, by the statistics of an iteration."""
        raise NotImplementedError

    def need_maps(self) -> list[NeedMap]:
        """Measured success, for each kind of what is drawn by need."""
        return []

    def symmetry(self) -> Symmetry | None:
        """Symmetry by which every experience also counts mirrored, or None."""
        return None
