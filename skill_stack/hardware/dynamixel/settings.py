"""Settings of the driver: of the robot (``driver_data.dynamixel``) and of the deployment (``driver_settings``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import Positive
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.driver_section import driver_section

Gain = Annotated[int, Field(ge=0, le=16383)]
Baud = Literal[57600, 115200, 1000000, 2000000, 3000000, 4000000]

LAST_ID = 252
"""Largest id of a motor."""


class MotorGains(DataModel):
    """Register gains of a motor's position loop that correspond to the joint's own ``kp`` and ``kd``.

    Attributes:
        proportional: Register of the proportional gain.
        derivative: Register of the derivative gain.
    """

    proportional: Gain
    derivative: Gain


class DynamixelRobot(DataModel):
    """One robot on its bus.

    Attributes:
        motors: Number of each joint's motor on the bus, 0 to 252.
        reversed: Joints whose motor turns against them.
        zero: Angle of every motor at its joint's zero, rad; half a turn is the middle of the encoder.
        models: Names of the motor models that the robot may have, by model number.
        gains: Gains for a joint's own ``kp``, and for ``kd`` or ``damp_kd``, whichever is larger.
        other_gains: Gains of single joints that differ.
        current_unit: One count of current, A.
        current_limit: Largest current of each motor, A.
        torque_constant: Torque of the joint per current, N·m/A.
        hottest: Temperature at which the motors switch themselves off, °C.
    """

    motors: dict[str, int]
    reversed: tuple[str, ...] = ()
    zero: float = math.pi
    models: dict[int, str] = Field(min_length=1)
    gains: MotorGains
    other_gains: dict[str, MotorGains] = {}
    current_unit: Positive = 0.001
    current_limit: Positive
    torque_constant: Positive
    hottest: Positive = 70.0

    def gains_of(self, joint: str) -> MotorGains:
        """Gains of one joint's motor."""
        return self.other_gains.get(joint, self.gains)


class DynamixelSettings(DataModel):
    """Port and gains of a deployment.

    Attributes:
        port: Serial port; one below ``/dev/serial/by-id`` stays the same after a reboot.
        baud_rate: Bits per second, the same in every motor.
        reply_timeout: Time that motors have to answer beyond what the bytes themselves take, s.
        watchdog: Silence of the bus after which the motors let go by themselves, s.
        current_limit: Largest current of each motor, A; the robot's own where it is smaller.
        gain_ramp: Time over which the position gains grow when damping ends, s.
        damp_time: Time over which damping is sent before torque is switched off, s.
        silent_after: Cycles without an answer after which the robot is driven without that motor.
        most_silent: Largest number of silent motors with which the robot is still driven.
        ask_again: Time between two questions to a silent motor, s.
    """

    port: str
    baud_rate: Baud = 4000000
    reply_timeout: float = Field(0.004, gt=0, le=0.1)
    watchdog: float = Field(0.1, ge=0.02, le=2.54)
    current_limit: Positive | None = None
    gain_ramp: float = Field(0.5, ge=0)
    damp_time: float = Field(0.3, ge=0)
    silent_after: int = Field(5, ge=1)
    most_silent: int = Field(1, ge=0)
    ask_again: Positive = 1.0


def robot_data(robot: RobotSpec) -> DynamixelRobot:
    """The robot's own section.

    Raises:
        DataError: It is missing, or does not fit the robot.
    """
    data, where = driver_section(robot, "dynamixel", DynamixelRobot, "the motor number of each joint")
    missing = [joint for joint in robot.joint_names if joint not in data.motors]
    unknown = {*data.motors, *data.reversed, *data.other_gains} - set(robot.joint_names)
    numbers = list(data.motors.values())
    if missing:
        raise DataError(f"{where}.motors: no motor for {', '.join(missing)}")
    if unknown:
        raise DataError(f"{where}: {', '.join(sorted(unknown))} is no joint of the robot")
    if len(set(numbers)) != len(numbers) or not all(0 <= number <= LAST_ID for number in numbers):
        raise DataError(f"{where}.motors: each joint needs a number of its own from 0 to {LAST_ID}")
    return data


def place_settings(settings: Mapping[str, Any]) -> DynamixelSettings:
    """The deployment's section; raises DataError."""
    if not settings.get("port"):
        raise DataError(
            "driver_settings.port is missing: name the serial port, e.g. one that 'ls /dev/serial/by-id' shows"
        )
    return parse_model(DynamixelSettings, dict(settings), "driver_settings")
