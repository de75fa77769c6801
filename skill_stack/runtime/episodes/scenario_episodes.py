"""Episodes of a scenario in one process: each in its own world and line, judged on simulator truth."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.builtin import Control
from skill_stack.core.skills.pair_results import PairResults
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneSetup, set_up
from skill_stack.evaluation.demand import judge
from skill_stack.evaluation.episode import Episode, Job
from skill_stack.evaluation.record import JUDGED, SETTLING
from skill_stack.evaluation.suite import Suite, Task
from skill_stack.hardware.mujoco.object_mover import roll_object
from skill_stack.hardware.mujoco.random_drop import drop
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scenario_draws import any_arguments, draw_arguments, draw_rolling, path_of
from skill_stack.runtime.episodes.scenario_line import PushSchedule, ScenarioLine
from skill_stack.runtime.episodes.scenario_world import varied_scene
from skill_stack.runtime.line.line import LineResult

ARGUMENTS, BEGIN, PUSHES, ROLLS = 11, 12, 13, 14
"""Random streams separate from the world's, so that a change of one leaves the others unchanged."""
FALLING = 1.5
"""Time after which a robot that was thrown lies still, s."""
THROWS = (1.0, 2.5)
"""Range of a push that is to throw a robot that stands, m/s; it is pushed again, the same way, until it has fallen."""
TOPPLING = 2.0
"""Time after which a robot that was pushed and has not fallen is pushed again, s."""
LIES = 2.0
"""Time for which it lies then, s."""
WALKED = (1.0, 4.0)
"""Range of the time for which a robot walks that begins after a walk, s: it is stopped in any phase of its gait."""
PLANTED = (0.6, 3.0)
"""Range of the time for which it has stood on planted feet then, s."""
POSTURES = {"standing": "stand", "sitting": "sit"}
"""Skills that reach a start posture."""
BEGUN_BY = {
    "standing": ("standing",), "fallen": ("standing",),
    "sitting": ("standing", "sitting"), "walking": ("standing",), "planted": ("standing",),
}  # fmt: skip
"""Postures on the way to a beginning."""
WALKED_FIRST = ("walking", "planted")


class ScenarioEpisodes:
    """See :class:`skill_stack.evaluation.episode.EpisodeRunner`; one after the other."""

    def __init__(
        self,
        resources: Resources,
        suite: Suite,
        clock: Callable[[], float],
        control: Control = "joints",
        line: type[ScenarioLine] = ScenarioLine,
    ) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots, skills and scenes are.
            suite: The suite.
            clock: Wall clock for the reports.
            control: Who moves the joints.
            line: Makes the line of an episode, e.g. one whose joints a built-in controller moves.

        Raises:
            ResourceNotFound: There is no such robot or scene.
            DataError: A file of theirs is wrong.
            UnknownName: A task asks for a skill that there is not.
        """
        self._suite, self._clock = suite, clock
        self._robot = load_robot(resources.robot(suite.robot), resources)
        library = load_library(resources, self._robot, control)
        self._library = replace(library, pairs=PairResults())  # what is measured is not refused by earlier results
        self._line = line
        self._planner = Planner(self._library)
        self._scenes = {task.name: varied_scene(resources, suite, task) for task in suite.tasks}

    def changed(self, task: Task, **fields: Any) -> ScenarioEpisodes:
        """The same episodes for one task alone, with some fields of its skill changed.

        Raises:
            UnknownName: There is no such skill.
            DataError: It cannot be used.
        """
        ways = {POSTURES[posture] for how in task.begins for posture in BEGUN_BY.get(how, ())}
        ways |= {"walk"} if set(task.begins) & set(WALKED_FIRST) else set()
        episodes = copy.copy(self)
        episodes._library = self._library.only({task.skill, *ways}).changed(task.skill, **fields)
        return episodes

    def check(self, tasks: Sequence[Task]) -> None:
        """Checks tasks before anything runs.

        Raises:
            UnknownName: A task asks for a skill that there is not.
            DataError: Its skill cannot be used, or the task needs what this runner has not.
        """
        for task in tasks:
            if task.between:
                raise DataError(f"'{task.name}' has words in between, which need the nodes: --through nodes")
            if task.skill:
                self._library[task.skill]

    def world(self, task: Task, seed: int) -> SceneSetup:
        """The world of an episode."""
        return set_up(self._scenes[task.name], seed)

    def run(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        """Runs and judges episodes."""
        for task, seed in jobs:
            yield self.play(task, seed)[0]

    def named(self, name: str, seed: int) -> Episode:
        """Runs and judges one episode of a task by its name."""
        return self.play(next(task for task in self._suite.tasks if task.name == name), seed)[0]

    def play(self, task: Task, seed: int) -> tuple[Episode, ScenarioLine]:
        """Runs and judges one episode, and gives the line that it ran in.

        Raises:
            UnknownName: The task asks for something that there is not.
            DataError: Its arguments are wrong, or a demand cannot be judged.
        """
        clocked, setup = self._clock(), self.world(task, seed)
        line = self._line(self._robot, self._limited(task), setup, None, self._planner, self._clock)
        rng = {stream: np.random.default_rng([seed, stream]) for stream in (ARGUMENTS, BEGIN, PUSHES, ROLLS)}
        refused = self._begin(line, task, rng[BEGIN])
        arguments = self._arguments(line, task, rng[ARGUMENTS])
        line.watch()
        began = line.now
        result: LineResult | None = None
        passed, reason, measured = False, f"could not begin: {refused}", dict[str, float]()
        if not refused:
            if task.rolls is not None:
                roll_object(line.device, str(arguments["target"]), draw_rolling(task.rolls, rng[ROLLS]))
            pushes = self._suite.perturbations.pushes
            line.schedule = PushSchedule(pushes, rng[PUSHES], line.now) if pushes is not None else None
            result = line.run_skill(task.skill, arguments) if task.skill else line.run(task.words)
            if task.seconds is not None and result.outcome != "failed":
                line.idle(max(0.0, began + task.seconds - line.now))
            passed, reason, measured = self._judged(line, task, arguments, result)
        episode = Episode(
            task=task.name,
            seed=seed,
            passed=passed,
            outcome=result.outcome if result is not None else "failed",
            reason=reason,
            measured=measured,
            seconds=self._clock() - clocked,
            simulated_seconds=line.now,
            arguments={name: round(v, 4) if isinstance(v, float) else v for name, v in arguments.items()},
            world=_drawn(setup),
        )
        return episode, line

    def _limited(self, task: Task) -> SkillLibrary:
        """The library in which a skill without an end of its own ends at the task's time."""
        spec = self._library[task.skill] if task.skill else None
        if spec is None or task.seconds is None or spec.success or spec.kind == "posture":
            return self._library
        return self._library.changed(task.skill, timeout=task.seconds)

    def _begin(self, line: ScenarioLine, task: Task, rng: np.random.Generator) -> str:
        """Brings the robot into its start posture; the failure, or an empty text."""
        how = task.begins[int(rng.integers(len(task.begins)))]
        if how == "thrown":
            drop(line.device, self._robot, rng)
            line.idle(FALLING)
            return ""
        for posture in BEGUN_BY.get(how, ()):
            result = line.run_skill(POSTURES[posture], {})
            if result.outcome != "succeeded":
                return f"it is not {posture}: {result.reason}"
        if how == "fallen":
            _throw(line, rng)
        if how in WALKED_FIRST:
            line.run_skill_for("walk", any_arguments(self._library["walk"], line.scene, rng), rng.uniform(*WALKED))
        if how == "planted":
            line.idle(rng.uniform(*PLANTED))
        return ""

    def _arguments(self, line: ScenarioLine, task: Task, rng: np.random.Generator) -> dict[str, Any]:
        if not task.skill:
            return {}
        skill = self._library[task.skill]
        return dict(skill.complete(draw_arguments(task, skill, line.scene, rng)))

    def _judged(
        self, line: ScenarioLine, task: Task, arguments: dict[str, Any], result: LineResult
    ) -> tuple[bool, str, dict[str, float]]:
        """Lets the robot come to rest and judges."""
        ended, line.schedule = line.now, None
        line.idle(SETTLING + JUDGED)
        start = line.watched[0].position if line.watched else line.device.truth().position
        path = path_of(task, arguments, line.scene, start)
        judgement = judge(task.success, line.record(ended, arguments, path))
        said = not task.outcome or result.outcome == task.outcome
        said_so = "" if said else f"the robot says {result.outcome}: {result.reason}".rstrip(": ")
        reason = "; ".join(part for part in (said_so, judgement.reason) if part)
        return judgement.passed and said, reason, {k: round(v, 4) for k, v in judgement.measured.items()}


def _throw(line: ScenarioLine, rng: np.random.Generator) -> None:
    """Pushes a robot over that stands, in any direction, and lets it lie.

    Every other one is damped in that moment, by an emergency stop that a person resets when it lies, and gives way in
    all joints; the others resist until the guard of the tilt damps them.
    """
    angle, speed, yields = rng.uniform(-math.pi, math.pi), rng.uniform(*THROWS), rng.random() < 0.5
    if yields:
        line.estop()
    while not line.device.truth().fallen:
        line.device.push(speed * math.cos(angle), speed * math.sin(angle))
        until = line.now + TOPPLING
        while line.now < until and not line.device.truth().fallen:
            line.step()
    line.idle(FALLING + LIES)
    if yields:
        line.reset()
        line.step()


def _drawn(setup: SceneSetup) -> dict[str, float]:
    names = ("friction", "added_mass", "latency", "motor_strength", "noise")
    return {name: round(float(getattr(setup, name)), 4) for name in names}
