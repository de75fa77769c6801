"""Episodes of a suite, each in a line of its own, judged on simulator truth."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.skill_library import load_library
from skill_stack.core.truth_channel import Truth
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.suite import Task
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line import Line
from skill_stack.runtime.scoring import judge
from skill_stack.runtime.skill_trials import try_skill

JUDGED = 1.0
"""Time after the end during which everything must be so, s."""

SETTLING = 0.5
"""Time that the robot is given to come to rest before it is judged, s."""


class LineEpisodes:
    """See :class:`skill_stack.evaluation.episode.EpisodeRunner`."""

    def __init__(
        self,
        resources: Resources,
        robot: str,
        scene: str,
        clock: Callable[[], float],
        settings: ConnectorSettings | None = None,
    ) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots, skills and scenes are.
            robot: Robot name.
            scene: Scene name.
            clock: Wall clock for the reports.
            settings: Numbers of the connector.

        Raises:
            ResourceNotFound: There is no such robot or scene.
            DataError: A file of theirs is wrong.
        """
        self._robot = load_robot(resources.robot(robot))
        self._library = load_library(resources, self._robot)
        self._scene = load_scene(resources.scene(scene))
        self._planner = Planner(self._library)
        self._settings, self._clock = settings, clock

    def line(self, seed: int) -> Line:
        """A fresh line in the world of a seed."""
        setup = set_up(self._scene, seed)
        return Line(self._robot, self._library, setup, self._settings, self._planner, self._clock)

    def run(self, task: Task, seed: int) -> Episode:
        """Runs and judges one episode.

        Raises:
            UnknownName: The task is about an object that the scene does not have, or names no judge.
        """
        if task.skill:
            return self._trial(task.skill, seed)
        line = self.line(seed)
        if task.object not in line.scene.objects:
            raise UnknownName("object", task.object, line.scene.objects)
        result = line.run(task.words)
        line.idle(SETTLING)
        verdict = judge(task.judge, _watch(line), line.scene.objects[task.object])
        parts = [result.reason if result.outcome != "succeeded" else "", verdict.reason]
        return Episode(
            task=task.name,
            seed=seed,
            passed=verdict.passed and result.outcome == "succeeded",
            outcome=result.outcome,
            reason="; ".join(part for part in parts if part),
            measured=verdict.measured,
            seconds=result.seconds,
            simulated_seconds=result.simulated_seconds,
        )

    def _trial(self, skill: str, seed: int) -> Episode:
        """One trial of a skill as an episode."""
        began = self._clock()
        trial = try_skill(self.line, skill, seed)
        return Episode(
            task=skill,
            seed=seed,
            passed=trial.passed,
            outcome=trial.outcome,
            reason=trial.reason,
            measured=trial.measured,
            seconds=self._clock() - began,
            simulated_seconds=trial.simulated_seconds,
        )


def _watch(line: Line) -> list[Truth]:
    """The truth at every control tick of the time that is judged."""
    truths = []
    end = line.now + JUDGED
    while line.now < end:
        line.step()
        truths.append(line.device.truth())
    return truths
