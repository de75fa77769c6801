"""Settings of the driver: of the hand (``driver_data.unitree_hand``) and of the deployment (``driver_settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.driver_section import driver_section
from skill_stack.hardware.unitree.settings import MotorBusSettings

MOTORS = 7
"""Motors of a Dex3-1: three of the thumb, two of each finger."""


class Dex3Hand(DataModel):
    """One hand as its firmware sees it.

    Attributes:
        side: Which hand of the robot it is, and so which topics it has.
        motors: Number of the motor of each joint.
    """

    side: Literal["right", "left"]
    motors: dict[str, int]


class Dex3Settings(MotorBusSettings):
    """How a deployment drives the hand.

    Attributes:
        states: Topic of the hand's states: that of ``full`` rate, or of ``low`` rate, which newer firmware has besides.
        timeout: Whether commands arm the motors' own time-out protection, and a motor that it stopped is started anew.
    """

    states: Literal["full", "low"] = "full"
    timeout: bool = True


def hand_data(robot: RobotSpec) -> Dex3Hand:
    """The robot's own section.

    Raises:
        DataError: It is missing, or does not fit the robot.
    """
    hand, where = driver_section(robot, "unitree_hand", Dex3Hand, "side and motor numbers")
    if sorted(hand.motors) != sorted(robot.joint_names):
        raise DataError(f"{where}.motors: these are not the joints of {robot.name}")
    if sorted(hand.motors.values()) != list(range(MOTORS)):
        raise DataError(f"{where}.motors: the hand has {MOTORS} motors; each joint needs one of its own from 0 on")
    return hand


def place_settings(settings: Mapping[str, Any]) -> Dex3Settings:
    """The deployment's section; raises DataError."""
    return parse_model(Dex3Settings, dict(settings), "driver_settings")
