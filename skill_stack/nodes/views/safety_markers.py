"""What the safety layer does, as markers over the robot for RViz: mode, and its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from rclpy.node import Node
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.nodes.ros_compat import LATCHED

TOPIC = "safety_markers"
COLOURS = {
    ControlMode.STARTING: (0.55, 0.58, 0.62),
    ControlMode.DISARMED: (0.55, 0.58, 0.62),
    ControlMode.ACTIVE: (0.13, 0.62, 0.27),
    ControlMode.STANCE: (0.93, 0.55, 0.10),
    ControlMode.DAMPED: (0.85, 0.15, 0.15),
    ControlMode.ESTOP: (0.85, 0.15, 0.15),
}
"""sRGB colour of a mode, each 0 to 1."""
_DIGITS = re.compile(r"[\d.]+")
_ABOVE, _APART, _CAPITAL = 0.55, 0.16, 0.12  # m above the base, between lines, height of a capital letter
_RING, _THIN = 0.9, 0.01  # m


class SafetyMarkers:
    """Publishes when mode or reason of a part change, numbers in the reason aside."""

    def __init__(self, node: Node, frame: str) -> None:
        """Makes the publisher.

        Args:
            node: The node to publish with.
            frame: Frame of the robot's base, prefix included.
        """
        self._frame = frame
        self._publisher = node.create_publisher(MarkerArray, TOPIC, LATCHED)
        self._statuses: dict[str, SkillStatus] = {}
        self._told: dict[str, tuple[ControlMode, str]] = {}

    def take(self, status: SkillStatus) -> None:
        """Takes the newest status of a part."""
        self._statuses[status.part] = status
        seen = status.mode, _DIGITS.sub("#", status.reason)
        if self._told.get(status.part) != seen:
            self._told[status.part] = seen
            self._publisher.publish(safety_markers(self._statuses, self._frame))


def safety_markers(statuses: Mapping[str, SkillStatus], frame: str) -> MarkerArray:
    """A line of text for each part, and a ring of the colour of the worst mode around the robot.

    The markers move with the base: their frame is locked and their time is the newest there is.

    Args:
        statuses: Newest status by part.
        frame: Frame of the base, prefix included.
    """
    modes = list(ControlMode)
    worst = max((one.mode for one in statuses.values()), key=modes.index)
    ring = _marker(frame, "mode", 0, Marker.CYLINDER, 0.0)
    ring.scale, ring.color = Vector3(x=_RING, y=_RING, z=_THIN), _colour(worst, 0.4)
    markers = [Marker(action=Marker.DELETEALL), ring]
    for index, (part, status) in enumerate(statuses.items()):
        text = _marker(frame, "reason", index, Marker.TEXT_VIEW_FACING, _ABOVE + _APART * index)
        whose = f"{part}: " if len(statuses) > 1 else ""
        text.text = f"{whose}{status.mode.value}{f': {status.reason}' if status.reason else ''}"
        text.scale.z, text.color = _CAPITAL, _colour(status.mode, 1.0)
        markers.append(text)
    return MarkerArray(markers=markers)


def _marker(frame: str, group: str, index: int, form: int, height: float) -> Marker:
    marker = Marker(ns=group, id=index, type=form, action=Marker.ADD, frame_locked=True)
    marker.header.frame_id, marker.header.stamp = frame, Time()
    marker.pose = Pose(position=Point(z=height), orientation=Quaternion(w=1.0))
    return marker


def _colour(mode: ControlMode, opacity: float) -> ColorRGBA:
    red, green, blue = COLOURS[mode]
    return ColorRGBA(r=red, g=green, b=blue, a=opacity)
