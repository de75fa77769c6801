"""MotionTrial: one motion in one generated world, judged by what the robot measured, and by the truth beside it."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.rewards.costs import judge
from skill_stack.core.rewards.reward_arguments import DURATION, WEIGHT, arguments_of
from skill_stack.core.rewards.reward_goals import planning_skill
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import tilt_of
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup, set_up
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.standing_check import settling_problem
from skill_stack.motion.sampling.aim_watch import measured_motion
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import NoScene
from skill_stack.practice.practice_scenes import practice_scene
from skill_stack.practice.relabel import Label, labels
from skill_stack.practice.settings import PracticeSettings
from skill_stack.runtime.policy_check.skill_trial import hanging_posture
from skill_stack.runtime.practice.practised_line import PractisedLine

LEADING = ("heading", "place_x", "place_y")
"""Terms of motions that take a while."""


@dataclass(frozen=True, slots=True)
class MotionTrial:
    """One motion.

    Attributes:
        seed: Its world.
        passed: Whether it was reached, by the robot's own measurement.
        ended: Whether the skill reported success, which it does where it was as asked for at its end.
        true: Whether it was reached in truth; for the evaluation of practice alone.
        reason: Why it was not, as far as the robot can tell; or an empty string.
        seen: The motion as the robot measured it; None where nothing moved.
        truth: The motion in truth.
        cpu: Processor time, s.
    """

    seed: int
    passed: bool
    ended: bool
    true: bool
    reason: str
    seen: BodyMotion | None
    truth: BodyMotion | None
    cpu: float


class MotionGround:
    """Where motions of one robot are tried: its library, model and scenes."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, settings: PracticeSettings) -> None:
        """Finds the skill that takes reward terms.

        Args:
            robot: A robot of one part.
            library: Its skills.
            settings: How to practise.

        Raises:
            DataError: No skill takes reward terms.
        """
        self.robot, self.library, self.settings = robot, library, settings
        self.skill = planning_skill(library, robot.name)
        if self.skill.sampled is not None and self.skill.sampled.joints:
            raise DataError(f"motions of {robot.name} are of its {self.skill.sampled.joints[0]} and not practised")

    def with_skill(self, data: Mapping[str, Any], folder: Path | None = None) -> MotionGround:
        """The same ground with one more skill, which is not in the library yet.

        Args:
            data: Content of its ``skill.yaml``; its words and where it comes from are not looked at.
            folder: Where its files are; None where it has none.
        """
        spec = SkillSpec.model_validate({**data, "provenance": {"recipe": "practice"}})
        entries = {**self.library.entries, spec.name: SkillEntry(spec.name, folder, spec)}
        ground = copy.copy(self)
        ground.library = replace(self.library, entries=entries)
        return ground

    @cached_property
    def model_body(self) -> tuple[Any, ModelBody]:
        """The robot's own model, and the robot in it."""
        model = build_model(self.robot, foot_kinematics=True)
        return model, ModelBody(model, self.robot)

    def setup(self, goal: Goal, seed: int) -> SceneSetup:
        """The world of a seed.

        Raises:
            NoScene: The scene that was made cannot be simulated; the message says why.
        """
        setup = set_up(practice_scene(goal, seed, self.robot.fixed is not None), seed)
        if problem := settling_problem(self.robot, setup):
            raise NoScene(f"scene '{setup.name}' is refused: {problem}")
        return setup

    def arguments(self, rewards: RewardSet, weight: float, seconds: float) -> dict[str, float]:
        """Arguments of the skill for a set.

        Args:
            rewards: The set.
            weight: Factor on the weights of its aims.
            seconds: For how long.
        """
        found = arguments_of(rewards)
        heavier = {name: min(value * weight, 10.0) for name, value in found.items() if name.endswith(WEIGHT)}
        return {**found, **heavier, DURATION: seconds}

    def seconds(self, rewards: RewardSet) -> float:
        """How long a trial goes on, s."""
        far = any(term.term in LEADING for term in rewards.terms)
        return self.settings.far if far else self.settings.seconds

    def asked(self, rewards: RewardSet) -> RewardSet:
        """The set with the time that a trial has for it."""
        within = rewards.success.model_copy(update={"within": self.seconds(rewards)})
        return rewards.model_copy(update={"success": within})

    def run(self, goal: Goal, seed: int, weight: float = 1.0) -> MotionTrial:
        """Tries a motion in the world of a seed.

        Raises:
            DataError: The goal is no motion of this robot, or its scene is none.
        """
        if goal.rewards is None:
            raise DataError(f"'{goal.words}' is no motion by reward terms")
        began = time.process_time()
        rewards = self.asked(goal.rewards)
        arguments = self.arguments(rewards, weight, self.seconds(rewards))
        return self.judged(goal, seed, self.skill.name, arguments, began)

    def judged(self, goal: Goal, seed: int, skill: str, arguments: Mapping[str, float], began: float) -> MotionTrial:
        """Runs a skill in the world of a seed and judges it by a goal.

        Args:
            goal: The goal, with reward terms.
            seed: The world.
            skill: The skill whose motion is judged.
            arguments: Its arguments.
            began: Processor time at which it began, s.
        """
        assert goal.rewards is not None
        line = self.line(self.setup(goal, seed), skill)
        result = line.run_skill(skill, arguments)
        rewards = self.asked(goal.rewards)
        seen, truth = self.motion(line.seen), self.motion(line.true)
        passed, reason = self.reached(rewards, seen)
        ended = result.outcome == "succeeded"
        if line.tipped or not (passed or ended):
            passed, reason = False, result.reason or "it tipped over"
        true = self.reached(rewards, truth)[0] and not line.fell
        return MotionTrial(seed, passed, ended, true, reason, seen, truth, time.process_time() - began)

    def line(self, setup: SceneSetup, watched: str) -> PractisedLine:
        """A line in which a skill can begin."""
        hung = hanging_posture(self.robot, self.library[watched])
        pose = "lie" if hung is None else "default"
        return PractisedLine(self.robot, self.library, setup, watched, pose=pose, hung=hung)

    def motion(self, states: list[StartState]) -> BodyMotion | None:
        """States of a run as reward terms see them; None without one."""
        return measured_motion(*self.model_body, states, 1.0 / self.robot.part().control_rate) if states else None

    def reached(self, rewards: RewardSet, motion: BodyMotion | None) -> tuple[bool, str]:
        """Whether a motion is what was asked for and kept its feet; and why not."""
        if motion is None:
            return False, "it never began"
        tilt = float(tilt_of(motion.orientation).max())
        if self.robot.feet and tilt > self.robot.safety.tilt:
            return False, f"it tilted by {math.degrees(tilt):.0f}°"
        verdict = judge(rewards, motion, self.model_body[1].layout)
        return verdict.reached, "" if verdict.reached else f"at best {verdict.told}"

    def at_rest(self, rewards: RewardSet) -> bool:
        """Whether a robot that does nothing does what is asked for."""
        model, body = self.model_body
        data = body.posed(model, self.robot.pose("default"))
        rest = body.start(0.0, data.qpos, data.qvel)
        hold = round(self.robot.part().control_rate * (rewards.hold + 0.1)) + 1
        return self.reached(rewards, self.motion([rest] * hold))[0]

    def labels(self, motion: BodyMotion | None, usable: dict[str, tuple[float, float]]) -> tuple[Label, ...]:
        """What a run was an example of, by the robot's own measurement.

        Args:
            motion: As measured; None gives none.
            usable: Range of sensible targets by term.
        """
        if motion is None:
            return ()
        hold, apart = self.settings.label_hold, self.settings.label_apart
        return tuple(labels(motion, self.model_body[1].layout, hold, apart, usable))
