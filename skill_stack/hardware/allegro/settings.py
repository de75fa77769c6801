"""Settings of the driver: of the hand (``driver_data.allegro``) and of the deployment (``driver_settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import Positive
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.allegro.frames import FINGERS, JOINTS
from skill_stack.hardware.driver_section import driver_section


class AllegroHand(DataModel):
    """One hand on its bus.

    Attributes:
        side: The side that the hand itself reports.
        fingers: Joints of each finger, from the palm outwards, in the order of the bus.
        pulse_per_torque: Counts of pulse width for a torque, 1/(N·m).
        caps: Largest pulse width of each joint, counts.
    """

    side: Literal["right", "left"]
    fingers: tuple[tuple[str, ...], ...]
    pulse_per_torque: Positive
    caps: dict[str, Annotated[int, Field(gt=0, le=1200)]]

    @property
    def joints(self) -> tuple[str, ...]:
        """All joints in the order of the bus."""
        return tuple(joint for finger in self.fingers for joint in finger)


class AllegroSettings(DataModel):
    """Bus and gains of a deployment.

    Attributes:
        channel: CAN interface, e.g. ``can0``.
        interface: Kind of interface, as ``python-can`` names it.
        period: Time between two measurements, ms; the manufacturer's programs use 3.
        velocity_cutoff: Frequency up to which velocities follow the measured positions, Hz.
        gain_ramp: Time over which the position gains grow when damping ends, s.
        damp_time: Time over which damping is sent before the motors are switched off, s.
        missed_after: Measurements in a row that a finger may miss before the control process stops driving the hand.
    """

    channel: str
    interface: str = "socketcan"
    period: Annotated[int, Field(ge=1, le=100)] = 3
    velocity_cutoff: Positive = 30.0
    gain_ramp: float = Field(0.5, ge=0)
    damp_time: float = Field(0.3, ge=0)
    missed_after: int = Field(10, ge=1)


def hand_data(robot: RobotSpec) -> AllegroHand:
    """The robot's own section.

    Raises:
        DataError: It is missing, or does not fit the robot.
    """
    hand, where = driver_section(robot, "allegro", AllegroHand, "the joints of each finger")
    if len(hand.fingers) != FINGERS or any(len(finger) != JOINTS for finger in hand.fingers):
        raise DataError(f"{where}.fingers: the hand has {FINGERS} fingers of {JOINTS} joints")
    if sorted(hand.joints) != sorted(robot.joint_names):
        raise DataError(f"{where}.fingers: these are not the joints of {robot.name}")
    missing = [joint for joint in robot.joint_names if joint not in hand.caps]
    if missing:
        raise DataError(f"{where}.caps: none for {', '.join(missing)}")
    return hand


def place_settings(settings: Mapping[str, Any]) -> AllegroSettings:
    """The deployment's section; raises DataError."""
    if not settings.get("channel"):
        raise DataError("driver_settings.channel is missing: name the CAN interface, e.g. can0 ('ip link' shows them)")
    return parse_model(AllegroSettings, dict(settings), "driver_settings")
