"""Trials in the simulated world: planner, connector, controller and physics in one process, with things on no map."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import mujoco
import numpy as np

from skill_stack.benchmarks.planning.lessons_scene import LessonScene
from skill_stack.benchmarks.planning.lessons_trials import Trial
from skill_stack.benchmarks.planning.lessons_world import LessonRun, extra_library, first_facts
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import FloorPatch, ObjectFile, SceneFile, SceneSetup, set_up
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

PACE = "pace"
TIME_OF_A_PERSON = 2.0  # s that a person needs to take a load off


def physics_trial(scene: LessonScene) -> tuple[SkillLibrary, Trial]:
    """Library and way of carrying out a trial in the simulated world."""
    assert scene.physics is not None
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(scene.physics.robot))
    plain = load_library(resources, robot)
    library = _with_pace(_with_skills(plain, scene), scene)
    spare = Planner(plain)  # a line wants one; the plans come from outside

    def trial(planner: Planner, words: str, number: int, rng: np.random.Generator) -> LessonRun:
        world = _World(scene, robot, plain, library, spare, int(rng.integers(1, 2**31)), rng)
        return world.run(planner, words)

    return library, trial


def _with_skills(plain: SkillLibrary, scene: LessonScene) -> SkillLibrary:
    """The robot's library with what the scene adds; a person does the latter."""
    if not scene.library:
        return plain
    return SkillLibrary(plain.robot, {**plain.entries, **extra_library(scene).entries})


def _with_pace(library: SkillLibrary, scene: LessonScene) -> SkillLibrary:
    """Every walking skill with a choice of a pace, the usual one first; the connector interprets it."""
    assert scene.physics is not None
    words = tuple(scene.physics.pace)
    if not words:
        return library
    choice = GoalParameter(name=PACE, type="choice", description="how fast", choices=words, default=words[0])

    def changed(entry: SkillEntry) -> SkillEntry:
        spec = entry.spec
        if spec is None or spec.guided is None or spec.guided.base != "walk":
            return entry
        return replace(entry, spec=spec.model_copy(update={"goal": (*spec.goal, choice)}))

    return SkillLibrary(library.robot, {name: changed(entry) for name, entry in library.entries.items()})


class _World:
    """One trial."""

    def __init__(
        self, scene: LessonScene, robot: RobotSpec, plain: SkillLibrary, library: SkillLibrary, spare: Planner,
        seed: int, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        assert scene.physics is not None
        self._scene, self._physics, self._library, self._robot = scene, scene.physics, library, robot
        self._stated = first_facts(scene, rng)
        known = set_up(parse_model(SceneFile, scene.scene, scene.name), seed)
        self._line = Line(robot, plain, self._setup(known), planner=spare)
        self._line.scene = SceneGraph(known.graph().objects, frozenset(), self._line.scene.robot)
        if self._physics.load and self._loaded():
            self._carry(self._physics.load.mass)

    def _setup(self, known: SceneSetup) -> SceneSetup:
        """The world as it is: what the map states, and what it does not."""
        hidden = tuple(parse_model(ObjectFile, one, self._scene.name).resolve() for one in self._physics.hidden)
        patches = tuple(FloorPatch(**one.model_dump()) for one in self._physics.patches)
        return known.model_copy(update={"objects": (*known.objects, *hidden), "patches": patches})

    def _loaded(self) -> bool:
        assert self._physics.load is not None
        return Literal.parse(self._physics.load.when).holds(self._stated)

    def _carry(self, mass: float) -> None:
        """Puts a mass on the base, kg, or takes one off."""
        model, data = self._line.device.model, self._line.device.data
        base = model.body(self._robot.source.base_link).id
        factor = (model.body_mass[base] + mass) / model.body_mass[base]
        model.body_mass[base] *= factor
        model.body_inertia[base] *= factor
        mujoco.mj_setConst(model, mujoco.MjData(model))
        mujoco.mj_forward(model, data)

    def _facts(self) -> frozenset[Fact]:
        return self._line.facts() | self._stated

    def run(self, planner: Planner, words: str) -> LessonRun:
        """Plans, and carries the plan out."""
        line = self._line
        line.idle(1.0 / 20.0)  # one cycle of the connector, which says where the robot is
        plan: Plan = planner.plan(Instruction(words, "bench", line.now), line.scene, self._facts())
        watch = TaskWatch(plan, line.scene, self._facts(), self._library)
        if plan.tree is None:
            return LessonRun("failed", plan.reason, watch, 0.0, 0)
        news: list[StepOutcome] = []
        executor, start, count = PlanExecutor(plan, self._library), line.now, 0
        while True:
            progress = executor.tick(line.now, news, self._facts())
            if progress.outcome is not None:
                return LessonRun(progress.outcome, progress.reason, watch, line.now - start, count)
            news = []
            for request in progress.start:
                watch.started(request, self._facts())
                news.append(self._do(request))
                watch.ended(news[-1])
                count += 1

    def _do(self, request: SkillRequest) -> StepOutcome:
        """One step to its end, by the connector or by a simulated person."""
        spec = self._library[request.skill]
        entry = self._library.entries[request.skill]
        if entry.folder is None:
            return self._by_a_person(request, spec)
        arguments: dict[str, Any] = dict(request.arguments)
        pace = self._physics.pace.get(str(arguments.pop(PACE, "")), 1.0)
        line = self._line
        try:
            line.connector.start(replace(request, arguments=arguments, pace=pace), line.scene, line.now)
        except SkillStackError as error:
            return StepOutcome(request.id, request.skill, "failed", str(error), "request is accepted")
        end = line.now + self._physics.step_limit
        while line.now < end:
            line.step()
            found = next((one for one in line.cycle.outcomes if one.request_id == request.id), None)
            if found is not None:
                return found
        line.connector.cancel(request.id, "it took too long", line.now)
        return StepOutcome(request.id, request.skill, "failed", "it took too long", "time is left", {}, end)

    def _by_a_person(self, request: SkillRequest, spec: SkillSpec) -> StepOutcome:
        """A step by a simulated person while the robot stays as it is."""
        before = self._physics.load is not None and self._loaded()
        self._line.idle(TIME_OF_A_PERSON)
        effects = [Literal.parse(text).ground(request.arguments) for text in spec.effects]
        self._stated = apply_effects(self._stated, effects)
        if self._physics.load is not None and before and not self._loaded():
            self._carry(-self._physics.load.mass)
        return StepOutcome(request.id, request.skill, "succeeded", seconds=TIME_OF_A_PERSON)
