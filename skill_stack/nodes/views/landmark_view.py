"""LandmarkView: corrects where the robot is by things that the map states and its camera sees."""

from __future__ import annotations

from skill_stack.connector.paths.landmarks import Landmarks
from skill_stack.connector.paths.localization import Localization
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import LANDMARKS, state_origin
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.perception.localizing.map_alignment import MapAlignment
from skill_stack.perception.scene.look_observer import Observation


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
        self._map, self._channels, self.fixes = MapAlignment(stated.objects.values()), channels, 0
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
        self._marks.predict(odometry, seen.stamp)
        offset = self._map.offset(seen.cloud, origin.compose(odometry), self._marks.deviation[0])
        if offset is None:
            return None
        before = Localization(origin)
        found = self._marks.shifted(before, odometry, offset.shift, offset.information, seen.stamp)
        if found is before:
            return None
        state_origin(self._channels, found.odom, *self._marks.deviation, LANDMARKS)
        self.fixes += 1
        return found.odom
