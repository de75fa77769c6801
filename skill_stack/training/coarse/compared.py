"""What follows coarse commands, each with the same persons and objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.coarse.hands import CommandedHands
from skill_stack.training.coarse.judge import Controller, FollowingScore, judge
from skill_stack.training.coarse.network_file import follower
from skill_stack.training.coarse.primitives import Primitives
from skill_stack.training.coarse.settings import CoarseSettings, PersonSettings, load_settings

RAW = "raw"
"""The person's joints as joint targets, as they are told."""


class CommandedSkill:
    """A skill's settings and the primitives that its persons mean.

    Attributes:
        settings: Its ``coarse.yaml``.
    """

    settings: CoarseSettings

    def __init__(self, found: Resources, robot: RobotSpec, folder: Path) -> None:
        """Reads them.

        Args:
            found: Where the primitives are.
            robot: The hand.
            folder: Of the skill.

        Raises:
            SkillStackError: The settings are wrong, or a primitive is missing or has no finger motion.
        """
        self.settings = load_settings(folder)
        folders = [found.find(f"models/{robot.name}/{name}", "skill") for name in self.settings.primitives]
        self._robot, self._primitives, self._space = robot, Primitives(robot, folders), shared_space()

    def hands(self, people: PersonSettings, count: int, seed: int) -> CommandedHands:
        """Fresh hands for persons, a number of them and a seed."""
        return CommandedHands(self._robot, self._primitives, self._space, self.settings, people, count, seed)

    def compared(
        self, policy: Path, followers: Iterable[str], count: int, seed: int, cap: float
    ) -> Iterator[tuple[str, FollowingScore]]:
        """Measures each follower with hands of its own, drawn alike.

        Args:
            policy: The exported controller.
            followers: :data:`RAW`, or places of the dial from 0, hold, to 1, obey.
            count: Hands.
            seed: Of hands, objects and persons.
            cap: Longest time, s.
        """
        for who in followers:
            controller: Controller = _raw if who == RAW else follower(policy, float(who))
            hands = self.hands(self.settings.judged, count, seed)
            yield who, judge(hands, controller, self._primitives.towards, self._primitives.turns, cap)


def _raw(hands: CommandedHands) -> np.ndarray:
    return hands.persons.joints
