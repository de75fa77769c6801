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
"""Velocity of sticks that are pushed all the way: ahead and to the left, m/s, turning, rad/s."""


class RemoteTopic:
    """Says what the driver stated in shared memory, each time that it stated it."""

    def __init__(self, node: StackNode) -> None:
        """Makes the publisher."""
        self._publisher = node.create_publisher(Twist, TOPIC, NEWEST)
        self._seen: int | None = None

    def look(self, words: BlockWords) -> None:
        """Publishes sticks that were stated anew; those of before this node began are past."""
        number, pushed = words.sticks()
        before, self._seen = self._seen, number
        if before is not None and number != before:
            if any(pushed):
                note_hand(words)
            self._publisher.publish(twist(*(share * full for share, full in zip(pushed, FULL, strict=True))))
