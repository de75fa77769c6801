"""PointedAt: facts about the objects at which a person points, from keypoints, for as long as a gesture is valid."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import POINTED
from skill_stack.perception.recognition.gesture import keypoints_in_space, pointed_at, pointing_ray

COUNTS = 8.0
"""Time for which a gesture is valid, s: words come with it or a little later."""
LONGEST = 20_000  # characters
MOST = 200  # keypoints
FORM = '{"pixels": {"right_wrist": [column, row], …}} or {"places": {"right_wrist": [x, y, z], …}} with places in map'
Array = np.ndarray


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

    def take(self, text: str, frame: CameraFrame | None, things: Iterable[SceneObject], now: float) -> tuple[str, ...]:
        """Takes keypoints; a hanging arm changes nothing, and the last gesture stays valid.

        Args:
            text: JSON, see :data:`FORM`; names as in COCO.
            frame: The newest look, its pose in ``map``; gives depth to pixels.
            things: What may be meant.
            now: Task time, s.

        Returns:
            Ids of what may be meant, the likeliest first.

        Raises:
            DataError: The text has another form, or there is no look for pixels.
        """
        keypoints = _keypoints(text, frame)
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


def _keypoints(text: str, frame: CameraFrame | None) -> dict[str, Array]:
    """Keypoints in ``map``.

    Raises:
        DataError: The text has another form, or there is no look.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(f"{len(text)} characters are too many")
        data = json.loads(text)
        if "places" in data:
            return {name: _numbers(value, 3) for name, value in _named(data["places"]).items()}
        pixels = {name: _numbers(value, 2) for name, value in _named(data["pixels"]).items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DataError(f"keypoints are {FORM}: {error}") from error
    if frame is None:
        raise DataError("keypoints in pixels need a look, and there is none yet")
    return keypoints_in_space(frame, {name: (float(p[0]), float(p[1])) for name, p in pixels.items()})


def _named(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or len(data) > MOST:
        raise ValueError(f"no names with numbers, or more than {MOST}")
    return data


def _numbers(value: Any, count: int) -> Array:
    found = np.asarray(value, float)
    if found.shape != (count,) or not np.isfinite(found).all():
        raise ValueError(f"{value!r} are not {count} numbers")
    return found
