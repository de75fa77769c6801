"""LandmarkView: corrects where the robot is by things that the map states and its camera sees."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.paths.landmarks import Landmarks
from skill_stack.connector.paths.localization import Localization
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import LANDMARKS, state_origin
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.sighting import Sighting
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
NEAR = 0.5
"""Distance up to which what is seen may be a thing of the map, m: an estimate by legs drifts by less between looks."""
ALIKE = 0.15
"""Difference of a length, as a share, from which on it is another thing, or only a part of it."""
LEAST = 0.05
"""Least standard deviation of a seen place, m: the estimate of the attitude tilts all that is seen."""


class LandmarkView:
    """Corrects the pose of ``odom`` in ``map``, look by look, and writes it to shared memory.

    Attributes:
        fixes: How often something was corrected.
    """

    def __init__(self, stated: SceneGraph, channels: RobotChannels) -> None:
        """Takes the map.

        Args:
            stated: The map; what can be moved tells nothing.
            channels: The robot's shared memory.
        """
        still = {name: one for name, one in stated.objects.items() if not one.movable and one.shape != "point"}
        self._map, self._channels, self.fixes = SceneGraph(still), channels, 0
        self._marks = Landmarks()

    def look(self, seen: Observation, poses: PoseHistory, origin: Pose2 | None) -> Pose2 | None:
        """Takes a look.

        Args:
            seen: What it showed, placed by where the robot was thought to be.
            poses: Where the base was in ``odom``, and when.
            origin: Where ``odom`` is thought to begin in ``map``.

        Returns:
            Where it begins after this look; None where that is unchanged.
        """
        pose = poses.at(seen.stamp)
        if pose is None or origin is None:
            return None
        odometry = Pose2(float(pose[0]), float(pose[1]), yaw_of(pose[3:]))
        sightings = self._sightings(seen, origin.compose(odometry))
        before = Localization(origin)
        found = self._marks.corrected(before, odometry, sightings, self._map, seen.stamp)
        if found is before:
            return None
        state_origin(self._channels, found.odom, *self._marks.deviation, LANDMARKS)
        self.fixes += 1
        return found.odom

    def _sightings(self, seen: Observation, base: Pose2) -> list[Sighting]:
        """Things of the map that are seen, relative to the robot."""
        out: dict[str, Sighting] = {}
        for one in seen.things:
            name = self._named(one)
            if not name:
                continue
            x, y, z = (float(value) for value in one.position)
            out[name] = Sighting(name, *base.local(x, y), max(one.deviation, LEAST), z)
        return list(out.values())

    def _named(self, one: Detection) -> str:
        """The nearest thing of the map that it may be; empty for none."""
        if one.guessed:
            return ""
        near = [
            (math.dist(told.position[:2], one.position[:2]), name)
            for name, told in self._map.objects.items()
            if _may_be(one, told)
        ]
        away, name = min(near, default=(math.inf, ""))
        return name if away <= NEAR else ""


def _may_be(one: Detection, told: SceneObject) -> bool:
    """Whether shape, colour and size are those of a thing of the map.

    What is seen in part may lack some of its height, as a post does of which a camera that looks down sees no top: its
    place in the plane is where it would be anyway.
    """
    if one.shape != told.shape or (one.colour and told.colour and one.colour != told.colour):
        return False
    lengths = [*zip(sorted(one.size[:2]), sorted(told.size[:2]), strict=True)]
    if one.whole or one.size[2] > told.size[2] or told.shape == "sphere":
        lengths.append((one.size[2], told.size[2]))
    return all(abs(a - b) <= ALIKE * b for a, b in lengths)
