"""ExternalLocalization: pose of odom in map, as another localization publishes it on /tf."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from tf2_msgs.msg import TFMessage

from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import EXTERNAL, state_origin
from skill_stack.core.world.scene import Pose2
from skill_stack.nodes.border import message_of, subscribe_raw
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_sensors import localization_of

EVERY = 0.5
"""Time between two corrections, s, as for markers: a localization publishes many times a second."""
UNSAID = 0.1
"""Standard deviation of a pose that is stated without one, m and rad; a transform carries none."""
QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=100,
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
)
"""For a topic with many senders, of whom only one counts; fits every one of them."""


class ExternalLocalization:
    """Takes ``map`` to ``odom`` from ``/tf``, as slam_toolbox, AMCL and robot_localization publish it.

    Either frame may have the robot's namespace in front or not. Once ``odom`` has come with the namespace, one without
    it is another robot's.
    """

    def __init__(self, node: StackNode, clock: Callable[[], float] = time.monotonic) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            clock: Monotonic time, s.
        """
        self._clock, self._due = clock, float("-inf")
        self._maps, self._odoms = ({node.frame(name), name} for name in ("map", "odom"))
        self._own = node.frame("odom")
        self._marks = [f"{name}\0".encode() for name in self._maps]  # as they end in a message
        self._named = False
        self._newest: Pose2 | None = None
        subscribe_raw(node, TFMessage, "/tf", self._take, QOS)

    def _take(self, raw: bytes) -> None:
        """Reads a message if it can contain ``map``; most transforms are of joints and arrive often."""
        if not any(mark in raw for mark in self._marks):
            return
        for one in message_of(raw, TFMessage).transforms:
            parent, child = one.header.frame_id.strip("/"), one.child_frame_id.strip("/")
            if parent not in self._maps or child not in self._odoms or (self._named and child != self._own):
                continue
            self._newest = localization_of(one)
            self._named = child == self._own

    def look(self, channels: RobotChannels) -> None:
        """States what came since the last time, at most every :data:`EVERY`.

        Args:
            channels: The shared memory of the robot's main part.

        Raises:
            DataError: It is no place.
        """
        now = self._clock()
        if self._newest is None or now < self._due:
            return
        origin, self._newest, self._due = self._newest, None, now + EVERY
        state_origin(channels, origin, UNSAID, UNSAID, EXTERNAL)
