"""What is known about Dynamixel motors beyond their registers, in words, for people who rely on it."""

from __future__ import annotations

from skill_stack.core.hardware import Capabilities
from skill_stack.core.robot import RobotSpec
from skill_stack.hardware.dynamixel.settings import DynamixelSettings


def capabilities_of(robot: RobotSpec, settings: DynamixelSettings) -> Capabilities:
    """What driver and hand can do."""
    return Capabilities(
        commanded=robot.joint_names,
        rate=robot.control_rate,
        foot_force=False,
        odometry=False,
        battery=False,
        temperature=True,
        remote=False,
        imu=False,
        when_silent=(
            f"each motor lets go by itself after {settings.watchdog:g} s without a packet on the bus (its bus watchdog "
            "sets the goal current to zero, as the vendor's manual states); without the watchdog it would hold for ever"
        ),
        start_up="every motor answers, is of a known model, takes its operating mode and stands in its joint's range",
        shut_down="damping for a moment, then torque off",
    )
