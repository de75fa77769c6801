"""HeldWatch: whether what a skill needs held is still where hands hold it, as far as a camera tells."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.connector.guides.guide import GuideFailure
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import Pose2, SceneGraph

FALLEN, APART = 0.25, 0.9
"""How far below where it was when the step began, and how far from the robot, a held thing cannot be, m."""
UNSEEN = 4.0
"""Time for which a thing that was seen in the hands may be out of sight, s."""


class HeldWatch:
    """Watches things from the first check on."""

    def __init__(self, names: Iterable[str], hidden: bool = False) -> None:
        """Takes the ids of the things, and whether fingers hide what they hold, so that not to see it tells nothing."""
        self._names, self._hidden = tuple(names), hidden
        self._heights: dict[str, float] = {}

    def check(self, pose: Pose2 | None, scene: SceneGraph, now: float) -> None:
        """Compares where things were seen with the robot.

        Args:
            pose: The robot in ``map``, or None when unknown.
            scene: The world; things that nobody looked for tell nothing.
            now: Task time, s.

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
            if not self._hidden and now - thing.last_seen > UNSEEN:
                raise GuideFailure(LOST, f"I no longer see '{name}' between my hands")
