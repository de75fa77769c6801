"""LookObserver: planes, objects, walls and free floor of one look."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.frame_faults import cleaned_depth
from skill_stack.perception.scene.cloud import Cloud, cloud_of
from skill_stack.perception.scene.colour_names import light_of
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.floor_levelling import levelled
from skill_stack.perception.scene.object_description import describe
from skill_stack.perception.scene.segments import above_supports, find_segments
from skill_stack.perception.scene.support_planes import SupportPlane, find_supports

Array = np.ndarray
LEVEL, ON_FLOOR, MUCH = 0.9, 0.06, 0.3
"""Upward part of a floor's normal, its height, m, and the share of a look that it fills."""

PART = 8
"""One pixel in so many rows and columns tells the light."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Geometric result of one look.

    Attributes:
        stamp: Task time of the look, s.
        cloud: The points.
        supports: Planes that carry things, the lowest first.
        labels: Numbers of segments, int32, shape (rows, columns).
        things: What there is.
        walls: Upright planes too long for a thing, as boxes.
        seconds: Time that each part took, s.
        beside: Things that the robot's own body hides in part: neither size nor place of these is right.
    """

    stamp: float
    cloud: Cloud
    supports: tuple[SupportPlane, ...]
    labels: Array
    things: tuple[Detection, ...]
    walls: tuple[Detection, ...]
    seconds: dict[str, float]
    beside: tuple[Detection, ...] = ()


class LookObserver:
    """Processes looks, one at a time."""

    def __init__(self, near: float = 0.2, far: float = 5.0, level: bool = True) -> None:
        """Sets the assumptions.

        Args:
            near: Least distance that is believed, m.
            far: Largest distance, m.
            level: Whether the floor that is seen corrects the camera's height and tilt.
        """
        self._near, self._far, self._level = near, far, level

    def look(self, frame: CameraFrame) -> Observation:
        """Processes one look, which must have no fault, see :mod:`skill_stack.core.world.frame_faults`."""
        marks = [time.perf_counter()]
        frame = replace(frame, depth=cleaned_depth(frame.depth, self._near, self._far))
        cloud = cloud_of(frame)
        marks.append(time.perf_counter())
        supports = find_supports(cloud)
        if self._level:
            cloud, supports = levelled(cloud, supports)
        marks.append(time.perf_counter())
        labels = find_segments(cloud, above_supports(cloud, supports))
        marks.append(time.perf_counter())
        light = light_of(frame.colour[::PART, ::PART], None if frame.own is None else frame.own[::PART, ::PART])
        things, walls = describe(cloud, supports, labels, light)
        marks.append(time.perf_counter())
        names = ("cloud", "planes", "segments", "solids")
        seconds = {name: end - begin for name, begin, end in zip(names, marks, marks[1:])}
        return Observation(frame.stamp, cloud, tuple(supports), labels, tuple(things), tuple(walls), seconds)


def upside_down(seen: Observation) -> bool:
    """Whether a look shows no floor, but would if the camera were turned about its axis by half a turn."""
    if any(one.floor for one in seen.supports):
        return False
    cloud = seen.cloud
    turn = cloud.rotation @ np.diag((-1.0, -1.0, 1.0)) @ cloud.rotation.T
    heights = (cloud.points - cloud.eye) @ turn[2] + cloud.eye[2]
    level = cloud.valid & (cloud.normals @ turn[2] > LEVEL) & (np.abs(heights) < ON_FLOOR)
    return bool(level.sum() > MUCH * max(int(cloud.valid.sum()), 1))
