"""TrajectoryLearner: one trajectory over the whole motion, found beforehand and replayed as keyframes of a posture."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.hardware.mujoco.model_variation import ModelVariation
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.settings import whole_motion_settings
from skill_stack.motion.sampling.whole_motion import Trajectory, WholeMotion
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import NotLearnt
from skill_stack.practice.practice_scenes import LEGGED
from skill_stack.practice.practice_store import PractisedRun
from skill_stack.practice.relabel import GAIT
from skill_stack.runtime.practice.learners import PractisingLearner, Usable
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.runtime.practice.practised_skill import motion_data_of, practised_name

REACHED = 1.0
"""Distance from the aims, in tolerances, from which a trajectory is not worth a run."""
LANDING = 0.5
"""Time for which the stance is held at the end, s."""
SEED = 0


class TrajectoryLearner(PractisingLearner):
    """See :class:`skill_stack.practice.practice.Learner`."""

    name = "trajectory"

    def __init__(
        self, ground: MotionGround, resources: Resources, now: Callable[[], str], usable: Usable,
        report: Callable[[str], None],
    ) -> None:  # fmt: skip
        """See :class:`skill_stack.runtime.practice.learners.PractisingLearner`.

        Args:
            ground: Where runs are made.
            resources: Whose overlay takes what was learnt.
            now: The time, ISO 8601, UTC.
            usable: Range of sensible targets by term.
            report: Takes progress lines.
        """
        super().__init__(ground, resources, now, usable)
        self._report = report
        self._found: tuple[Goal, dict[str, Any]] | None = None

    def suits(self, goal: Goal) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        skill = self._ground.skill
        if goal.rewards is None or not goal.rewards.aims:
            return "nothing says when the motion is done"
        if not self._ground.robot.feet:
            return "trajectories are found for robots that stand on feet"
        terms = goal.rewards.terms
        going = [one.label for one in terms if one.kind.effect == "prior" or (one.term in GAIT and one.target)]
        if going:  # a lunge has the speed for half a second, too
            return f"{going[0]} goes on, and a trajectory ends in the stance"
        if skill.sampled is None or skill.sampled.gains is None:
            return f"'{skill.name}' states no gains"
        return ""

    def learn(self, goal: Goal, seconds: float) -> None:
        """See :class:`skill_stack.practice.practice.Learner`; it takes less than a minute, and is the same again."""
        if self._found is not None and self._found[0] == goal:
            return
        ground, skill = self._ground, self._ground.skill
        assert goal.rewards is not None and skill.sampled is not None
        robot = skill.sampled.driven(ground.robot)
        models = [build_model(robot, foot_kinematics=True, randomisation=one) for one in _worlds()]
        whole = WholeMotion(models, ModelBody(models[0], robot), np.random.default_rng(SEED))
        self._report(f"{goal.words}: looking for a trajectory")
        found = whole.search(goal.rewards, whole_motion_settings(), self._report)
        if found.off > REACHED:
            raise NotLearnt(f"the best trajectory stays {found.off:.1f} tolerances off")
        self._found = goal, trajectory_data(skill, ground.robot.joint_names, goal.words, found)

    def run(self, goal: Goal, seed: int) -> PractisedRun:
        """See :class:`skill_stack.practice.practice.Learner`."""
        began, data = time.process_time(), self._data(goal)
        ground = self._ground.with_skill(data)
        return self.practised(ground.judged(goal, seed, data["name"], {}, began))

    def keep(self, goal: Goal, passed: int, runs: int) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        return self._kept(goal, self._data(goal), passed, runs)

    def _data(self, goal: Goal) -> Mapping[str, Any]:
        assert self._found is not None and self._found[0] == goal, "learn comes first"
        return self._found[1]


def trajectory_data(planner: SkillSpec, joints: tuple[str, ...], words: str, found: Trajectory) -> dict[str, Any]:
    """Content of ``skill.yaml`` of a trajectory, without words and origin.

    Args:
        planner: The skill that plans motions of the robot; it states the gains.
        joints: Names of the robot's joints.
        words: How it is asked for.
        found: The trajectory.
    """
    assert planner.sampled is not None and planner.sampled.gains is not None
    gains, rest = planner.sampled.gains.model_dump(include={"kp", "kd"}), planner.phases[-1].stance
    keys = [
        {"joints": dict(zip(joints, target.round(3).tolist())), "duration": found.duration, **gains}
        for target in found.targets
    ]
    keys.append({"pose": "default", "duration": LANDING, **gains})
    moving = found.duration * len(found.targets)
    return motion_data_of(planner, practised_name(words), words) | {
        "kind": "posture", "success": ["progress >= 1.0 for 0.2 s"], "timeout": round(moving + LANDING + 3.0, 2),
        "phases": [
            {"name": "moving", "kind": "contact", "stance": rest},
            {"name": "standing", "kind": "free", "begins": 1.0, "stance": rest},
        ],
        "posture": {"keyframes": keys},
    }  # fmt: skip


def _worlds() -> tuple[ModelVariation, ...]:
    """The nominal robot, and one with the most load that practice has, on its smoothest floor."""
    assert LEGGED.friction is not None and LEGGED.added_mass is not None
    return ModelVariation(), ModelVariation(foot_friction=LEGGED.friction[0], added_mass=LEGGED.added_mass[1])
