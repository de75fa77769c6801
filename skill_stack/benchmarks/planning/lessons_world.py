"""A symbolic world with hidden preconditions and effects, in which plans run step by step."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from skill_stack.benchmarks.planning.lessons_scene import HiddenRule, LessonScene
from skill_stack.core.plan import Plan
from skill_stack.core.setpoint import Outcome, SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.memory.features import ActionManner
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.notations.library_file import read_library

STEP_TIME = 4.0  # s of task time that every step takes


@dataclass(frozen=True, slots=True)
class LessonRun:
    """How one trial ended.

    Attributes:
        outcome: How.
        reason: Why.
        watch: What was noted of it.
        seconds: Task time, s.
        steps: Number of steps that were begun.
    """

    outcome: Outcome
    reason: str
    watch: TaskWatch
    seconds: float
    steps: int


def extra_library(scene: LessonScene) -> SkillLibrary:
    """The skills that a scene states."""
    with tempfile.TemporaryDirectory(prefix="skill-stack-lessons-") as folder:
        path = Path(folder) / f"{scene.name}.yaml"
        path.write_text(yaml.safe_dump(scene.library), encoding="utf-8")
        return read_library(path)[0]


def first_facts(scene: LessonScene, rng: np.random.Generator) -> frozenset[Fact]:
    """What is true at the beginning of a trial.

    Args:
        scene: The scene.
        rng: Decides what comes and goes by itself.
    """
    facts = {_fact(text) for text in scene.facts}
    for one in scene.vary:
        chosen = bool(rng.random() < one.chance)
        holds = chosen if not one.like else (_fact(one.like) in facts) is chosen
        (facts.add if holds else facts.discard)(_fact(one.fact))
    return frozenset(facts)


class SymbolicWorld:
    """One trial's world.

    Attributes:
        facts: What is true.
    """

    def __init__(
        self, scene: LessonScene, graph: SceneGraph, library: SkillLibrary, trial: int, rng: np.random.Generator
    ) -> None:
        """Begins a trial.

        Args:
            scene: The scene.
            graph: Its things.
            library: Skills as their data state.
            trial: Number of the trial, from 1.
            rng: Decides everything that is left to chance.
        """
        self._scene, self._graph, self._library, self._rng = scene, graph, library, rng
        self._rules = [rule for rule in scene.rules if rule.trials[0] <= trial <= rule.trials[1]]
        self.facts = first_facts(scene, rng)

    @property
    def seen(self) -> frozenset[Fact]:
        """What the robot observes."""
        return frozenset(fact for fact in self.facts if fact.predicate not in self._scene.unseen)

    def run(self, plan: Plan) -> LessonRun:
        """Carries out a plan; without one the trial fails."""
        watch = TaskWatch(plan, self._graph, self.seen, self._library)
        if plan.tree is None:
            return LessonRun("failed", plan.reason, watch, 0.0, 0)
        news: list[StepOutcome] = []
        executor, now, count = PlanExecutor(plan, self._library), 0.0, 0
        while True:
            progress = executor.tick(now, news, self.seen)
            if progress.outcome is not None:
                return LessonRun(progress.outcome, progress.reason, watch, now, count)
            news = []
            for request in progress.start:
                watch.started(request, self.seen)
                news.append(self._do(request))
                watch.ended(news[-1])
                now, count = now + STEP_TIME, count + 1

    def _do(self, request: SkillRequest) -> StepOutcome:
        """One step: stated and hidden preconditions, and effects."""
        step = Step(self._library[request.skill], request.arguments)
        violated = step.violated(self.facts)
        broken = next((rule for rule in self._rules if rule.skill == request.skill and self._broken(rule, step)), None)
        if violated is not None or broken is not None:
            said = broken.says if broken else f"{violated} does not hold"
            return StepOutcome(request.id, request.skill, "failed", said, str(violated or ""), seconds=STEP_TIME)
        hidden = [text for one in self._scene.effects if one.skill == request.skill for text in one.effects]
        self.facts = step.after(self.facts)
        self.facts = apply_effects(self.facts, [Literal.parse(text).ground(request.arguments) for text in hidden])
        return StepOutcome(request.id, request.skill, "succeeded", seconds=STEP_TIME)

    def _broken(self, rule: HiddenRule, step: Step) -> bool:
        if not all(self._holds(text, step) for text in rule.given) or self._rng.random() >= rule.chance:
            return False
        return not rule.needs or not all(self._holds(text, step) for text in rule.needs)

    def _holds(self, text: str, step: Step) -> bool:
        manner = ActionManner.parse(text)
        if manner is not None:
            return manner.holds(step.arguments)
        literal = Literal.parse(text).ground(step.arguments)
        return literal.holds(self.facts | _likeness(self._graph))


def _likeness(graph: SceneGraph) -> frozenset[Fact]:
    """Kinds and colours as facts."""
    things: Sequence[tuple[str, str, str]] = [(t.id, t.kind, t.colour) for t in graph.objects.values()]
    kinds = {Fact("kind", (name, kind)) for name, kind, _ in things} | {Fact("is", (name, name)) for name, *_ in things}
    return frozenset(kinds | {Fact("colour", (name, colour)) for name, _, colour in things if colour})


def _fact(text: str) -> Fact:
    literal = Literal.parse(text)
    return Fact(literal.predicate, literal.arguments)
