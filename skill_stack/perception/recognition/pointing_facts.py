"""PointedAt: facts about the objects at which a person points, from keypoints, for as long as a gesture is valid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import POINTED
from skill_stack.perception.recognition.gesture import keypoints_in_space, pointed_at, pointing_ray

COUNTS = 8.0
"""Time for which a gesture is valid, s: words come with it or a little later."""
Array = np.ndarray
Place = tuple[float, float, float]


class PointedAt:
    """Objects at which a person points.

    Attributes:
        sentence: What was made of the newest keypoints, for people.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self.sentence = ""
        self._names: tuple[str, ...] = ()
        self._until = -math.inf

    def take(
        self, points: Mapping[str, Place], pixels: bool, frame: CameraFrame | None, things: Iterable[SceneObject],
        now: float,
    ) -> tuple[str, ...]:  # fmt: skip
        """Takes keypoints; a hanging arm changes nothing, and the last gesture stays valid.

        Args:
            points: By COCO name: in ``map``, m, or column and row of the picture.
            pixels: Whether they are of the picture.
            frame: The newest look, its pose in ``map``; gives depth to pixels.
            things: What may be meant.
            now: Task time, s.

        Returns:
            Ids of what may be meant, the likeliest first.

        Raises:
            DataError: There is no look for pixels.
        """
        keypoints = _in_space(points, pixels, frame)
        try:
            ray = pointing_ray(keypoints)
        except DataError as error:
            self.sentence = str(error)
            return ()
        names = pointed_at(ray, things)
        if names:
            self._names, self._until = names, now + COUNTS
        said = " or ".join(name.replace("_", " ") for name in names) or "nothing that is known"
        self.sentence = f"a {ray.side} arm points at {said}"
        return names

    def facts(self, now: float) -> frozenset[Fact]:
        """``pointed_at(thing)`` of the present candidates, at a task time, s."""
        return frozenset(Fact(POINTED, (name,)) for name in self._names) if now <= self._until else frozenset()


def _in_space(points: Mapping[str, Place], pixels: bool, frame: CameraFrame | None) -> dict[str, Array]:
    """Keypoints in ``map``; raises DataError where there is no look for pixels."""
    if not pixels:
        return {name: np.asarray(point, float) for name, point in points.items()}
    if frame is None:
        raise DataError("keypoints in pixels need a look, and there is none yet")
    return keypoints_in_space(frame, {name: (point[0], point[1]) for name, point in points.items()})
