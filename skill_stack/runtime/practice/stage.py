"""The learners of a robot, in the order of their costs."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.resources import Resources
from skill_stack.motion.words.word_data import motion_data
from skill_stack.practice.practice import Learner
from skill_stack.runtime.practice.learners import CompositionLearner, RewardLearner
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.runtime.practice.trajectory_learner import TrajectoryLearner


def learners_of(
    ground: MotionGround, resources: Resources, now: Callable[[], str], report: Callable[[str], None]
) -> list[Learner]:
    """Composition, then reward terms with rising weights, then a trajectory.

    What needs the extra ``train`` comes after them, see :mod:`skill_stack.training.motions.policy_learner`.

    Args:
        ground: Where runs are made.
        resources: Whose overlay takes what was learnt.
        now: The time, ISO 8601, UTC.
        report: Takes progress lines.
    """
    usable = motion_data().rules.usable
    rewards = [RewardLearner(ground, resources, now, usable, weight) for weight in ground.settings.weights]
    trajectory = TrajectoryLearner(ground, resources, now, usable, report)
    return [CompositionLearner(ground, resources, now, usable), *rewards, trajectory]
