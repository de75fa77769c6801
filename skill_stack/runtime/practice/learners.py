"""Learners of practice, the cheapest first: skills that are there, then reward terms with rising weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import set_up
from skill_stack.motion.statics import unsupported
from skill_stack.planner.planner import Planner
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice_scenes import practice_scene
from skill_stack.practice.practice_store import PractisedRun
from skill_stack.runtime.practice.motion_trial import MotionGround, MotionTrial
from skill_stack.runtime.practice.practised_skill import keep_practised, sequence_data

Usable = Mapping[str, tuple[float, float]]
STANDING = frozenset({Fact("posture", ("robot", "standing"))})
"""What holds where a plan is looked for; the line finds the rest itself."""


def needs_terms(plan: Plan, library: SkillLibrary) -> bool:
    """Whether a plan has a step by reward terms, which no skill covers."""
    return plan.tree is not None and any(takes_terms(library[step.skill]) for step in plan.tree.every_skill())


class PractisingLearner:
    """What every learner has: where it tries, where it keeps, and how a run is kept."""

    name = ""

    def __init__(self, ground: MotionGround, resources: Resources, now: Callable[[], str], usable: Usable) -> None:
        """Takes where to try and where to keep.

        Args:
            ground: Where runs are made.
            resources: Whose overlay takes what was learnt.
            now: The time, ISO 8601, UTC.
            usable: Range of sensible targets by term, for what runs were examples of.
        """
        self._ground, self._resources, self._now, self._usable = ground, resources, now, dict(usable)

    def learn(self, goal: Goal, seconds: float) -> None:
        """See :class:`skill_stack.practice.practice.Learner`; there is nothing to learn before."""

    def practised(self, trial: MotionTrial) -> PractisedRun:
        """A run as it is kept; the truth is left out."""
        seen, passed = trial.seen, trial.passed and trial.ended
        return PractisedRun(
            self.name, trial.seed, passed, trial.reason, trial.cpu, None if seen is None else seen.position,
            self._ground.labels(seen, self._usable),
        )  # fmt: skip

    def _kept(
        self, goal: Goal, data: Mapping[str, Any], passed: int, runs: int, files: Mapping[str, bytes] | None = None
    ) -> str:
        """Puts a skill into the overlay and, for what is practised after it, into the library; returns its name."""
        how = f"{self.name}, reached in {passed} of {runs} worlds"
        ground, rewards = self._ground, goal.rewards
        name = keep_practised(self._resources, ground.library, goal.words, data, how, self._now(), rewards, files)
        ground.library = load_library(self._resources, ground.robot)
        return name


class CompositionLearner(PractisingLearner):
    """Plan search: a sequence of skills that does what the words say."""

    name = "composition"

    def __init__(self, ground: MotionGround, resources: Resources, now: Callable[[], str], usable: Usable) -> None:
        """See :class:`PractisingLearner`."""
        super().__init__(ground, resources, now, usable)
        self._library = ground.library
        self._planner = Planner(ground.library)
        self._planned: tuple[Goal, Plan] | None = None

    def suits(self, goal: Goal) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        plan = self._plan(goal)
        if plan.status != "plan" or plan.tree is None:
            return "no sequence of skills does it"
        return "no skill has these words" if needs_terms(plan, self._ground.library) else ""

    def run(self, goal: Goal, seed: int) -> PractisedRun:
        """See :class:`skill_stack.practice.practice.Learner`."""
        began = time.process_time()
        ground = self._ground
        setup = ground.setup(goal, seed)
        line = ground.line(setup, self._watched(goal))
        result = line.run(goal.words)
        seen = ground.motion(line.seen)
        passed, reason = result.outcome == "succeeded", result.reason
        if passed and goal.rewards is not None:
            passed, reason = ground.reached(ground.asked(goal.rewards), seen)
        return PractisedRun(
            self.name, seed, passed, "" if passed else reason, time.process_time() - began,
            None if seen is None else seen.position, ground.labels(seen, self._usable),
        )  # fmt: skip

    def keep(self, goal: Goal, passed: int, runs: int) -> str:
        """See :class:`skill_stack.practice.practice.Learner`; one skill alone needs no other name."""
        tree = self._plan(goal).tree
        assert tree is not None, "a goal without a plan is not suited"
        steps = list(tree.skills())
        if len(steps) == 1:
            return steps[0].skill
        data = sequence_data(self._ground.robot.name, goal.words, tree)
        return self._kept(goal.model_copy(update={"rewards": None}), data, passed, runs)

    def _plan(self, goal: Goal) -> Plan:
        """What skills make of a goal's words in its first world, once for each goal and library."""
        if self._library is not self._ground.library:  # something was kept since
            self._library, self._planned = self._ground.library, None
            self._planner = Planner(self._library)
        if self._planned is None or self._planned[0] != goal:
            scene = set_up(practice_scene(goal, 1, self._ground.robot.fixed is not None), 1).graph()
            self._planned = goal, self._planner.plan(Instruction(goal.words), scene, STANDING)
        return self._planned[1]

    def _watched(self, goal: Goal) -> str:
        """The skill whose motion is judged: the last one of the plan."""
        tree = self._plan(goal).tree
        steps = list(tree.every_skill()) if tree is not None else []
        return steps[-1].skill if steps else self._ground.skill.name


class RewardLearner(PractisingLearner):
    """The sampling planner on the goal's reward terms, as *remember that as …* keeps a motion."""

    def __init__(
        self, ground: MotionGround, resources: Resources, now: Callable[[], str], usable: Usable, weight: float = 1.0
    ) -> None:
        """See :class:`PractisingLearner`.

        Args:
            ground: Where runs are made.
            resources: Whose overlay takes what was learnt.
            now: The time, ISO 8601, UTC.
            usable: Range of sensible targets by term.
            weight: Factor on the weights of the goal's terms.
        """
        super().__init__(ground, resources, now, usable)
        self._weight = weight
        self.name = f"reward terms of weight {weight:g}"

    def suits(self, goal: Goal) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        ground, skill = self._ground, self._ground.skill
        if goal.rewards is None:
            return "the words are no motion"
        if not goal.rewards.aims:
            return "nothing says when it has succeeded"
        if skill.sampled is not None and (problem := unsupported(goal.rewards, skill.sampled.stance)):
            return problem
        try:
            skill.complete(ground.arguments(goal.rewards, self._weight, ground.seconds(goal.rewards)))
        except SkillStackError as error:
            return str(error)
        return ""

    def trial(self, goal: Goal, seed: int) -> MotionTrial:
        """One run with the truth beside it; raises DataError where its scene is none."""
        return self._ground.run(goal, seed, self._weight)

    def run(self, goal: Goal, seed: int) -> PractisedRun:
        """See :class:`skill_stack.practice.practice.Learner`."""
        return self.practised(self.trial(goal, seed))

    def keep(self, goal: Goal, passed: int, runs: int) -> str:
        """See :class:`skill_stack.practice.practice.Learner`."""
        assert goal.rewards is not None
        ground = self._ground
        seconds = goal.rewards.seconds or ground.seconds(goal.rewards)  # as it was tried
        arguments = ground.arguments(goal.rewards, self._weight, seconds)
        steps = [PlanNode("skill", skill=ground.skill.name, arguments=arguments)]
        rest = ground.skill.phases[-1].stance
        if rest in ground.library and ground.library[rest].success:  # what follows begins where trials began
            steps.append(PlanNode("skill", skill=rest))
        tree = PlanNode("sequence", tuple(steps))
        return self._kept(goal, sequence_data(ground.robot.name, goal.words, tree), passed, runs)
