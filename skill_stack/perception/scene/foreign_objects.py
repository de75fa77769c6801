"""ForeignObjects: things that a detector outside of the stack reports, with names that they keep."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneGraph, SceneObject, as_name
from skill_stack.perception.scene.range_scan import FramePose
from skill_stack.perception.scene.scene_merging import free_name, nearest_of_kind

KEPT = 300.0
"""Time after its last detection for which a thing is known, s: a detector tells what is in view alone."""


@dataclass(frozen=True, slots=True)
class ForeignDetection:
    """One thing in one message of a detector.

    Attributes:
        id: What its tracker calls it; empty where it does not track.
        kind: Name of its class.
        confidence: 0 to 1.
        pose: Pose of its box in the frame of the message.
        size: Extents of the box along its own axes, m.
    """

    id: str
    kind: str
    confidence: float
    pose: FramePose
    size: tuple[float, float, float]

    def placed(self, sensor: FramePose, now: float) -> SceneObject:
        """The thing in ``map``, its box upright: the axis that is nearest to the vertical is its height.

        Args:
            sensor: Pose of the frame of the message in ``map``.
            now: Task time, s.

        Raises:
            DataError: Its class has no name.
        """
        pose = sensor.compose(self.pose)
        turn = Rotation.from_quat(pose.wxyz, scalar_first=True).as_matrix()
        up = int(np.argmax(np.abs(turn[2])))
        along, across = (axis for axis in range(3) if axis != up)
        x, y, z = (float(value) for value in pose.xyz)
        return SceneObject(
            _name(self.kind), self.kind, (x, y, z), math.atan2(turn[1, along], turn[0, along]), "box",
            (self.size[along], self.size[across], self.size[up]), confidence=self.confidence, last_seen=now,
        )  # fmt: skip


class ForeignObjects:
    """What was detected within :data:`KEPT`.

    A detection is the thing that its tracker's id named before, or else the nearest known one of its kind; all others
    are new. Nothing is said of what a thing lies on, nor of what is no longer there.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._things: dict[str, SceneObject] = {}
        self._names: dict[str, str] = {}

    def take(self, found: Iterable[tuple[str, SceneObject]], now: float) -> SceneGraph:
        """Takes one message; everything that is known after it.

        Args:
            found: Ids of the tracker, empty for none, and things in ``map``.
            now: Task time, s.
        """
        taken: set[str] = set()
        for number, thing in found:
            name = self._names.get(number, "")
            if name in taken or name not in self._things or self._things[name].kind != thing.kind:
                name = nearest_of_kind(thing, self._things, taken) or free_name(thing.id, self._things.keys())
            taken.add(name)
            self._things[name] = replace(thing, id=name)
            if number:
                self._names[number] = name
        self._things = {name: one for name, one in self._things.items() if now - one.last_seen <= KEPT}
        self._names = {number: name for number, name in self._names.items() if name in self._things}
        return SceneGraph(dict(self._things))


def _name(kind: str) -> str:
    """A class as a name.

    Raises:
        DataError: It has none.
    """
    if not (name := as_name([kind])):
        raise DataError(f"a detection has a class with a name, not '{kind[:40]}'")
    return name
