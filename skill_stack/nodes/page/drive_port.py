"""DrivePort: velocities of a hand on the page, ramped, on the topics that ``skill-stack drive`` uses."""

from __future__ import annotations

import time
from collections.abc import Mapping

from geometry_msgs.msg import Twist

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.processes.confirmation import note_hand
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.nodes.clients.drive_client import hand_words, twist
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.teleop.velocity_ramp import REST, DriveLimits, Velocity, VelocityRamp

_AXES = {"vx": "speed", "vy": "speed", "wz": "turn"}


def drive_ranges(library: SkillLibrary, limits: DriveLimits) -> dict[str, list[float]] | None:
    """Within which velocities a hand drives a robot, m/s and rad/s; None for one that cannot be driven.

    Args:
        library: Its skills.
        limits: How fast a hand may drive.
    """
    skill = ConnectorSettings().teleop_skill
    if skill not in library:
        return None
    out = {}
    for name, limit in _AXES.items():
        most = float(getattr(limits, limit))
        goal = next((one for one in library[skill].goal if one.name == name), None)
        if goal is None or goal.lower is None or goal.upper is None:
            out[name] = [0.0, 0.0]
        else:
            out[name] = [max(goal.lower, -most), min(goal.upper, most)]
    return out


class DrivePort:
    """Called from the page's thread alone.

    Nothing is published without a hand, so that the connector takes the robot back after its teleoperation timeout.
    """

    def __init__(self, node: StackNode, ranges: Mapping[str, list[float]], limits: DriveLimits) -> None:
        """Makes the publishers.

        Args:
            node: The node to publish with.
            ranges: As :func:`drive_ranges` has them.
            limits: How fast velocities change.
        """
        self._node, self._ranges, self._limits = node, ranges, limits
        self._ramp = VelocityRamp(limits)
        self._near = node.create_publisher(Twist, "cmd_vel_local", NEWEST)
        self._far = node.create_publisher(Twist, "cmd_vel_network", NEWEST)
        self._moving = False
        self._words: BlockWords | None = None

    def __call__(self, wanted: Velocity, near: bool) -> bool:
        """Publishes the next velocity; whether the robot has still to be brought to rest.

        Args:
            wanted: What the hand wants, m/s, m/s, rad/s; it is cut to the ranges.
            near: Whether the hand is on the robot's machine.
        """
        tops = (self._limits.speed, self._limits.speed, self._limits.turn)
        cut = (max(low, min(high, value)) for value, (low, high) in zip(wanted, self._ranges.values(), strict=True))
        shares = tuple(value / top for value, top in zip(cut, tops, strict=True))
        now = time.monotonic()
        if not self._moving:
            self._ramp = VelocityRamp(self._limits)  # the time without a hand is none in which it speeds up
        velocity = self._ramp.velocity((shares[0], shares[1], shares[2]), now)
        if near and velocity != REST:
            self._note_hand()
        (self._near if near else self._far).publish(twist(*velocity))
        self._moving = velocity != REST or wanted != REST
        return self._moving

    def _note_hand(self) -> None:
        """Tells the robot's memory that a person drives at this machine."""
        if self._words is None:
            self._words = hand_words(self._node.get_namespace())
        if self._words is not None:
            note_hand(self._words)
