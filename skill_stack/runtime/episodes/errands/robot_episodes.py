"""Base of errands that one robot runs, each in its own world."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scoring import EpisodeVerdict, judge_near
from skill_stack.runtime.line.line import LineResult
from skill_stack.runtime.line.sighted_line import SightedLine

SETTLED = 1.0
"""Time after which the place is judged: it is still walking when it is near enough, s."""
JUDGED_TICKS = 25
"""Control ticks at the end over which the place is judged."""


class WordedScene(Protocol):
    """A floor with an instruction."""

    @property
    def seed(self) -> int:
        """Its seed."""

    @property
    def file(self) -> SceneFile:
        """The floor."""

    @property
    def words(self) -> str:
        """The instruction."""


class RobotEpisodes:
    """Keeps the robot and its skills for all episodes."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Name of the robot.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._robot = load_robot(resources.robot(robot), resources)
        self._library = load_library(resources, self._robot)

    def carried_out(
        self, scene: WordedScene, library: SkillLibrary, planner: Planner, hidden: Collection[str] = ()
    ) -> tuple[SightedLine, LineResult]:
        """Carries words out on a floor whose things hide one another.

        Args:
            scene: Floor and words.
            library: Skills of the robot.
            planner: Plans with them.
            hidden: Ids of what the robot does not know of before it sees it.

        Returns:
            The line when the robot has settled, and what it says.
        """
        line = SightedLine(self._robot, library, set_up(scene.file, scene.seed), ConnectorSettings(), planner)
        line.hides = True
        everything = line.scene.objects
        known = {name: thing for name, thing in everything.items() if name not in hidden}
        line.wake(known, everything, scene.seed)
        result = line.run(scene.words)
        line.idle(SETTLED)
        return line, result


def judge_arrival(truths: Sequence[Truth], thing: SceneObject) -> EpisodeVerdict:
    """Whether a robot stood at a thing and faced it at the end.

    Args:
        truths: Simulator truth, to when it stood.
        thing: The thing, where it really is.
    """
    return judge_near(truths[-JUDGED_TICKS:], thing)
