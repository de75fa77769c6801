"""Things of a scene as vision_msgs/Detection3DArray, and back; its package need not be installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import from_yaw
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.wire.wire_basics import header, metres, pose_message, seconds_of, vector_message, wxyz_of, yaw_in
from skill_stack.nodes.wire.wire_scene import MOST
from skill_stack.perception.scene.foreign_objects import ForeignDetection
from skill_stack.perception.scene.range_scan import FramePose

DETECTIONS = "vision_msgs/msg/Detection3DArray"
"""Type of the message, see ``interface_type``."""


def detections_message(scene: SceneGraph, stamp: Time, frame: str) -> Any:
    """The things of a scene: ids are their names, classes their kinds.

    Args:
        scene: The scene.
        stamp: Its time.
        frame: Frame of its poses, prefix included.
    """
    types = import_module("vision_msgs.msg")
    message = types.Detection3DArray(header=header(stamp, frame))
    for thing in scene.things:
        pose = pose_message(np.array(thing.position), from_yaw(thing.yaw))
        result = types.ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = thing.kind, float(thing.confidence)
        result.pose.pose = pose
        box = types.BoundingBox3D(center=pose, size=vector_message(np.array(thing.size)))
        message.detections.append(types.Detection3D(header=message.header, results=[result], bbox=box, id=thing.id))
    return message


def detections_of(message: Any) -> tuple[str, float, list[ForeignDetection]]:
    """Frame, stamp in s, and what was detected, each by its likeliest class.

    A detection without a box is where that class's pose is. Frames of single detections do not count.

    Raises:
        DataError: It has more detections than a scene has things, one without a class, or one that is nowhere.
    """
    if len(message.detections) > MOST:
        raise DataError(f"{len(message.detections)} detections; at most {MOST}")
    found = [_detection_of(one) for one in message.detections]
    return message.header.frame_id.strip("/"), seconds_of(message.header.stamp), found


def _detection_of(message: Any) -> ForeignDetection:
    best = max(message.results, key=lambda one: one.hypothesis.score, default=None)
    if best is None:
        raise DataError("a detection has at least one class")
    if not 0.0 <= best.hypothesis.score <= 1.0:
        raise DataError(f"a score is between 0 and 1, not {best.hypothesis.score:g}")
    length, width, height = metres(message.bbox.size.x, message.bbox.size.y, message.bbox.size.z)
    if min(length, width, height) < 0.0:
        raise DataError(f"a size of {length:g}, {width:g}, {height:g} m")
    pose = message.bbox.center if max(length, width, height) > 0.0 else best.pose.pose
    yaw_in(pose.orientation)  # raises where it is no rotation
    place = np.array(metres(pose.position.x, pose.position.y, pose.position.z))
    kind = best.hypothesis.class_id.strip().casefold().replace("_", " ")
    at = FramePose(place, wxyz_of(pose.orientation))
    return ForeignDetection(message.id, kind, float(best.hypothesis.score), at, (length, width, height))
