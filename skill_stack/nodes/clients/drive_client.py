"""Drive client: velocities from the keys of this terminal, local or remote."""

from __future__ import annotations

import os
from collections.abc import Callable

from geometry_msgs.msg import Twist

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.confirmation import note_hand
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.nodes.clients.client_node import client_node
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.teleop.drive_session import DriveSession
from skill_stack.teleop.velocity_ramp import DriveLimits


def drive(namespace: str = "", limits: DriveLimits | None = None, away: bool = False) -> int:
    """Drives a running robot from this terminal until the person leaves.

    The keys are the dead-man switch: without a held key nothing is published, and the connector takes the robot back
    after its teleoperation timeout.

    Args:
        namespace: ROS namespace of the robot.
        limits: How fast; None takes the defaults.
        away: Whether the robot is not on this machine, so that its keys have lower priority than those of a person
            beside it.

    Returns:
        Exit code 0.

    Raises:
        SkillStackError: Standard input is no terminal.
    """
    with client_node("drive", namespace, rosout=False) as (node, _):
        topic = "cmd_vel_network" if away else "cmd_vel_local"
        publisher, stops = node.create_publisher(Twist, topic, NEWEST), StopLine(node)
        hand = None if away else hand_words(namespace)

        def push(vx: float, vy: float, wz: float) -> None:
            if hand is not None and any((vx, vy, wz)):
                note_hand(hand)
            publisher.publish(twist(vx, vy, wz))

        DriveSession(push, limits or DriveLimits(), stop=_ask(stops, "stop"), estop=_ask(stops, "estop")).run()
    return 0


def hand_words(namespace: str) -> BlockWords | None:
    """The shared words in which a driving person is noted; None where the robot is not on this machine."""
    try:
        return WordBlock(block_path(namespace, domain_of(os.environ), os.getuid())).words
    except (OSError, SkillStackError):
        return None


def twist(vx: float, vy: float, wz: float) -> Twist:
    """A velocity of the base as a message: m/s, m/s, rad/s."""
    message = Twist()
    message.linear.x, message.linear.y, message.angular.z = float(vx), float(vy), float(wz)
    return message


def _ask(stops: StopLine, kind: Kind) -> Callable[[], None]:
    """A callback that requests a stop and reports a failure; driving continues either way."""

    def ask() -> None:
        try:
            stops.ask(kind)
        except SkillStackError as error:
            print(f"\r\n{error}\r", flush=True)

    return ask
