"""Base of errands that one robot runs, each in its own world."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneObject
from skill_stack.runtime.episodes.scoring import EpisodeVerdict, judge_near

SETTLED = 1.0
"""Time after which the place is judged: it is still walking when it is near enough, s."""
JUDGED_TICKS = 25
"""Control ticks at the end over which the place is judged."""


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


def judge_arrival(truths: Sequence[Truth], thing: SceneObject) -> EpisodeVerdict:
    """Whether a robot stood at a thing and faced it at the end.

    Args:
        truths: Simulator truth, to when it stood.
        thing: The thing, where it really is.
    """
    return judge_near(truths[-JUDGED_TICKS:], thing)
