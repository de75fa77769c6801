"""RemoteTopic: the sticks of the robot's own remote as velocities on ``cmd_vel_remote``."""

from __future__ import annotations

from geometry_msgs.msg import Twist

from skill_stack.core.processes.confirmation import note_hand
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.nodes.clients.drive_client import twist
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode

TOPIC = "cmd_vel_remote"
FULL = (0.8, 0.3, 0.9)
"""Velocity of full deflection: forward and left, m/s, yaw, rad/s."""


class RemoteTopic:
    """Publishes the stick values that the driver writes to shared memory, each time they are written."""

    def __init__(self, node: StackNode) -> None:
        """Makes the publisher."""
        self._publisher = node.create_publisher(Twist, TOPIC, NEWEST)
        self._seen: int | None = None

    def look(self, words: BlockWords) -> None:
        """Publishes new stick values; those from before this node started are ignored."""
        number, pushed = words.sticks()
        before, self._seen = self._seen, number
        if before is not None and number != before:
            if any(pushed):
                note_hand(words)
            self._publisher.publish(twist(*(share * full for share, full in zip(pushed, FULL, strict=True))))
