"""Every way to an object in one drawn condition, in one process, judged on simulator truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.statistics.run import Run
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneFile, SceneSetup, VariationFile, set_up
from skill_stack.evaluation.choice_suite import ChoiceSuite
from skill_stack.evaluation.scores.choice_score import ChoiceScore, MeasuredRun
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scenario_world import RANGES
from skill_stack.runtime.episodes.scoring import judge_near
from skill_stack.runtime.line.line import Line

LIMIT = 25.0
"""Task time that a walk may take, s."""
JUDGED = 0.5
"""Time after the walk over which the place is judged, s."""
BALL = 0.24
"""Diameter of the object, m."""


class _Notes:
    """Stores the newest run."""

    def __init__(self) -> None:
        self.run: Run | None = None

    def begun(self, run: Run) -> None:
        """Does nothing."""

    def ended(self, run: Run) -> None:
        """Stores it."""
        self.run = run


@dataclass(frozen=True, slots=True)
class Walker:
    """What walks have in common.

    Attributes:
        robot: The robot.
        library: Its skills.
        planner: A planner for them.
    """

    robot: RobotSpec
    library: SkillLibrary
    planner: Planner

    @classmethod
    def load(cls, resources: Resources, name: str) -> Walker:
        """Loads a robot by its name; raises SkillStackError where a file is missing or wrong."""
        robot = load_robot(resources.robot(name), resources)
        library = load_library(resources, robot)
        return cls(robot, library, Planner(library))

    def walk(self, way: str, world: SceneSetup, place: tuple[float, float], seed: int) -> MeasuredRun:
        """One walk to a ball, judged by truth; arguments as of :meth:`run`."""
        run, line = self.run(way, world, place, seed)
        truths = [line.device.truth()]
        end = line.now + JUDGED
        while line.now < end:
            line.step()
            truths.append(line.device.truth())
        arrived = judge_near(truths, line.scene["ball"]).passed
        fell = any(truth.fallen for truth in truths)
        return MeasuredRun(
            seed, run.succeeded and not fell, round(run.seconds, 2), round(run.measured["energy"], 1),
            run.succeeded and arrived, run.region,
        )  # fmt: skip

    def run(self, way: str, world: SceneSetup, place: tuple[float, float], seed: int) -> tuple[Run, Line]:
        """One walk to a ball, as the robot measures it, and the line afterwards.

        Args:
            way: Skill that walks.
            world: The world without the ball.
            place: Where the ball lies, m.
            seed: Of the sensors' noise.
        """
        ball = SceneObject("ball", "ball", (*place, BALL / 2), 0.0, "sphere", (BALL, BALL, BALL))
        setup = world.model_copy(update={"objects": (ball,), "seed": seed})
        line, notes = Line(self.robot, self.library, setup, planner=self.planner), _Notes()
        line.run_skill("stand", {})
        observer = RunObserver(TrackRecord(), np.random.default_rng(seed), lambda: 0.0, notes, "off")
        line.connector.observer = observer
        line.connector.start(SkillRequest("walk/1", way, {"target": "ball"}, LIMIT), line.scene, line.now)
        while notes.run is None:
            line.step()
            state = line.state
            observer.joints(line.now, state.velocity, state.torque)
        return notes.run, line


class ChoiceEpisodes:
    """Walks of a suite."""

    def __init__(self, resources: Resources, suite: ChoiceSuite) -> None:
        """Loads what all walks share.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._suite, self._walker = suite, Walker.load(resources, suite.robot)

    def score(self, seed: int) -> ChoiceScore:
        """Walks every way in the condition of a seed, to the same places with the same noise."""
        suite, world = self._suite, condition(self._suite, seed)
        runs: dict[str, list[MeasuredRun]] = {way: [] for way in suite.ways}
        for number in range(suite.walks):
            rng = np.random.default_rng([seed, number, 91])
            distance, bearing = rng.uniform(*suite.distance), rng.uniform(*suite.bearing)
            place = (float(distance * math.cos(bearing)), float(distance * math.sin(bearing)))
            for way in suite.ways:
                runs[way].append(self._walker.walk(way, world, place, suite.walks * seed + number))
        drawn = {name: round(float(getattr(world, name)), 4) for name in RANGES}
        return ChoiceScore(seed, drawn, {way: tuple(walks) for way, walks in runs.items()})


def condition(suite: ChoiceSuite, seed: int) -> SceneSetup:
    """The world of a seed, with the robot at the origin and nothing in it."""
    stated: dict[str, Any] = {name: given for name in RANGES if (given := getattr(suite.conditions, name)) is not None}
    scene = SceneFile(name=suite.name, description=suite.description, variation=VariationFile(**stated))
    return set_up(scene, seed).model_copy(update={"start": Pose2(0.0, 0.0, 0.0)})
