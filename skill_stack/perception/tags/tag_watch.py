"""TagWatch: periodic marker detection while the robot works; writes corrections to shared memory."""

from __future__ import annotations

import json

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import StaleData
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import state_origin
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_tags import SceneTags
from skill_stack.perception.tags.tag_places import Fix, TagPlaces

EVERY = 0.5
"""Task time between two detections, s: each takes some ms, and odometry drifts slowly."""
UNKNOWN = (0.1, 0.05)
"""Standard deviations of an estimate of unknown uncertainty, m and rad."""


class TagWatch:
    """Corrects the pose of ``odom`` in ``map``.

    Attributes:
        fixes: How often something was corrected.
        last: The last correction, or None.
    """

    def __init__(self, tags: SceneTags, camera: CameraSpec, channels: RobotChannels) -> None:
        """Takes the markers of the scene, the camera and the robot's shared memory; raises UnknownName."""
        self._places = TagPlaces(tags, (np.array(camera.xyz), camera.rotation))
        self._channels, self._next = channels, -np.inf
        self.fixes = 0
        self.last: Fix | None = None

    def look(self, frame: CameraFrame, poses: PoseHistory, believed: Pose2 | None) -> Fix | None:
        """Detects markers when due.

        Args:
            frame: A look.
            poses: Where the base was in ``odom``, and when.
            believed: Where ``odom`` is thought to begin in ``map``.
        """
        if self._next - EVERY <= frame.stamp < self._next:
            return None
        odometry = poses.at(frame.stamp)
        if odometry is None:
            return None
        self._next = frame.stamp + EVERY
        fix = self._places.look(frame.colour, frame.intrinsics, odometry, believed, self._doubt())
        if fix is not None:
            state_origin(self._channels, fix.origin, fix.position, fix.heading, "tags")
            self.fixes, self.last = self.fixes + 1, fix
        return fix

    def _doubt(self) -> tuple[float, float]:
        """Uncertainty of the robot's position, m and rad."""
        try:
            state = self._channels.read_state()
        except StaleData:
            return UNKNOWN
        if state is None or not state.base.source:
            return UNKNOWN
        return state.base.position, state.base.heading


def tag_watch(text: str, camera: CameraSpec, channels: RobotChannels) -> TagWatch | None:
    """The watch of a node.

    Args:
        text: JSON of :class:`skill_stack.core.world.scene_tags.SceneTags`; empty for none.
        camera: The camera.
        channels: The robot's shared memory.

    Raises:
        DataError: The text is wrong.
        UnknownName: There is no such family of markers.
    """
    if not text:
        return None
    return TagWatch(parse_model(SceneTags, json.loads(text), "scene.tags"), camera, channels)
