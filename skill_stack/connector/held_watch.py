"""HeldWatch: whether what a skill needs held is still where hands hold it, as a camera and the arms tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from skill_stack.connector.guides.guide import GuideFailure
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import Pose2, SceneGraph

if TYPE_CHECKING:
    from skill_stack.connector.palms.feeling import HeldForce

FALLEN, APART = 0.25, 0.9
"""How far below where it was when the step began, and how far from the robot, a held thing cannot be, m."""
LOOSE = 1.0
"""Time after which palms that feel nothing between them have lost what they press, s: who draws at what is held out
may have it by then."""


class HeldWatch:
    """Watches things from the first check on."""

    def __init__(self, names: Iterable[str], robot: RobotSpec) -> None:
        """Takes the ids of the things, and who holds them. Fingers hide what they hold: not to see it tells nothing.

        Raises:
            DataError: The robot has palms that are no pair.
        """
        self._names = tuple(names)
        self._arms = _arms_of(robot) if self._names and robot.palms else None
        self._heights: dict[str, float] = {}
        self._felt: float | None = None  # task time at which arms last felt it, s

    def check(self, pose: Pose2 | None, scene: SceneGraph, now: float, joints: Mapping[str, float]) -> None:
        """Compares where things were seen with the robot, and asks the arms.

        Args:
            pose: The robot in ``map``, or None when unknown.
            scene: The world; things that nobody looked for tell nothing.
            now: Task time, s.
            joints: Measured positions, rad, by name; empty where they are unknown.

        Raises:
            GuideFailure: One of them is no longer held.
        """
        for name in self._names:
            thing = scene.objects.get(name)
            if thing is None or thing.last_seen <= 0.0:
                continue
            height = self._heights.setdefault(name, thing.position[2])
            away = pose.distance_to(*thing.position[:2]) if pose is not None else 0.0
            if height - thing.position[2] > FALLEN or away > APART:
                raise GuideFailure(LOST, f"'{name}' has slipped out of my hands")
        if self._arms is None:
            return
        if self._felt is None or self._arms.presses_something(joints) is not False:
            self._felt = now
        elif now - self._felt > LOOSE:
            raise GuideFailure(LOST, f"'{' and '.join(self._names)}' has slipped out of my hands")


def _arms_of(robot: RobotSpec) -> HeldForce:
    """What the arms of a robot feel."""
    from skill_stack.connector.palms.arms import arms_that_hold  # on demand: kinematics

    return arms_that_hold(robot).held
