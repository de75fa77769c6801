"""PolicyLearner: the dearest way of practice, a policy copied from the planner and trained on the same terms."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import KeptRewards
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.words.word_data import motion_data
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import Learner
from skill_stack.practice.practice_store import PractisedRun
from skill_stack.runtime.practice.learners import PractisingLearner, Usable
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.runtime.practice.practised_skill import practised_name, sequence_data
from skill_stack.training.motions.learn_motion import TRAINED, KeptMotion, MotionPolicies, learn_policies
from skill_stack.training.motions.motion_settings import motion_settings
from skill_stack.training.motions.motion_skill import POLICY, policy_data
from skill_stack.training.motions.motion_task import motion_task

SEED = 0


class PolicyLearner(PractisingLearner):
    """See :class:`skill_stack.practice.practice.Learner`; checkpoints survive a kill, the next one goes on there."""

    def __init__(
        self, ground: MotionGround, resources: Resources, now: Callable[[], str], usable: Usable, minutes: float,
        report: Callable[[str], None],
    ) -> None:  # fmt: skip
        """See :class:`skill_stack.runtime.practice.learners.PractisingLearner`.

        Args:
            ground: Where runs are made.
            resources: Whose overlay takes checkpoints and what was learnt.
            now: The time, ISO 8601, UTC.
            usable: Range of sensible targets by term.
            minutes: Processor time of learning after which it is tried, minutes.
            report: Takes progress lines.
        """
        super().__init__(ground, resources, now, usable)
        self.name = f"policy of {minutes:g} minutes"
        self._minutes, self._report = minutes, report
        self._learnt: tuple[Goal, KeptMotion, MotionPolicies] | None = None

    def suits(self, goal: Goal) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        if goal.rewards is None or not goal.rewards.aims:
            return "nothing says when the motion is done"
        try:
            self._motion(goal)
        except SkillStackError as error:
            return str(error)
        return ""

    def learn(self, goal: Goal, seconds: float) -> None:
        """See :class:`skill_stack.practice.practice.Learner`."""
        motion, minutes = self._motion(goal), min(self._minutes, seconds / 60.0)
        learnt = learn_policies(self._resources, motion, minutes, SEED, self._report, motion_settings())
        self._learnt = goal, motion, learnt

    def run(self, goal: Goal, seed: int) -> PractisedRun:
        """See :class:`skill_stack.practice.practice.Learner`."""
        began = time.process_time()
        data, policy = self._data(goal)
        data["policy"] |= {"model": policy.name}
        ground = self._ground.with_skill(data, policy.parent)
        return self.practised(ground.judged(goal, seed, data["name"], {}, began))

    def keep(self, goal: Goal, passed: int, runs: int) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        data, policy = self._data(goal)
        return self._kept(goal, data, passed, runs, {POLICY: policy.read_bytes()})

    def _data(self, goal: Goal) -> tuple[dict[str, Any], Path]:
        """Content of ``skill.yaml``, and the policy."""
        assert self._learnt is not None and self._learnt[0] == goal, "learn comes first"
        _, motion, learnt = self._learnt
        return policy_data(motion, learnt.digests[TRAINED]), learnt.policies[TRAINED]

    def _motion(self, goal: Goal) -> KeptMotion:
        """The goal as a motion that has a name already; raises DataError where no policy can learn it."""
        ground, planner = self._ground, self._ground.skill
        assert goal.rewards is not None and planner.sampled is not None
        rewards = goal.rewards.model_copy(update={"seconds": ground.seconds(goal.rewards)})  # as long as it is tried
        robot, name = planner.sampled.driven(ground.robot), practised_name(goal.words)
        layout = ModelBody(build_model(robot, foot_kinematics=True), robot).layout
        task = motion_task(robot, layout, name, goal.rewards, motion_settings())
        data = sequence_data(robot.name, goal.words, PlanNode("skill", skill=planner.name))
        kept = KeptRewards(words=goal.words, rewards=rewards, provenance="practised by itself")
        return KeptMotion(robot, self._resources.overlay, SkillSpec.model_validate(data), planner, kept, task)


def policy_learners(
    ground: MotionGround, resources: Resources, now: Callable[[], str], report: Callable[[str], None]
) -> list[Learner]:
    """Policies with rising times of learning, after the learners of :mod:`skill_stack.runtime.practice.stage`.

    Args:
        ground: Where runs are made.
        resources: Whose overlay takes checkpoints and what was learnt.
        now: The time, ISO 8601, UTC.
        report: Takes progress lines.
    """
    usable = motion_data().rules.usable
    return [PolicyLearner(ground, resources, now, usable, one, report) for one in ground.settings.policy]
