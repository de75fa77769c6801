"""Settings of the Unitree driver: of the robot (``driver_data.unitree``) and of the deployment (``driver_settings``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.network_interfaces import is_loopback
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.driver_section import driver_section
from skill_stack.hardware.unitree.network import NetworkSettings

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]

Lack = Literal["checksum", "tick", "battery", "foot_force"]
"""Fields that a simulator may leave at zero in its states; a robot fills all of them."""

SLOTS = {"go": 20, "hg": 35}
"""Motor slots of each family of messages."""


class UnitreeRobot(DataModel):
    """Properties of one robot's firmware.

    Attributes:
        messages: Family of its messages.
        motors: Motor slot of each joint.
        foot_force: Place of each foot's force among the four that the state carries.
        tick: What the state's tick counts, s.
        arms: Joints that obey in arms-only mode; empty where there is no such mode.
        weight_slot: Motor slot whose position is the weight of arms-only mode.
        stop_buttons: Combinations of the remote's buttons, each of which is an emergency stop.
    """

    messages: Literal["go", "hg"]
    motors: dict[str, int]
    foot_force: dict[str, int] = {}
    tick: float = Field(1e-3, gt=0)
    arms: tuple[str, ...] = ()
    weight_slot: int | None = None
    stop_buttons: tuple[tuple[str, ...], ...] = (("L2", "B"),)


class MotorBusSettings(NetworkSettings):
    """How a program that commands motors over the network begins, drives and ends.

    Attributes:
        silent_writers: Whether another program that could command, but is silent, keeps us from driving (``refuse``).
        listen: Time over which other writers are listened for before driving, s; discovery takes a moment.
        gain_ramp: Time over which the position gains grow when damping ends, s.
        damp_time: Time over which damping is sent at the end, s.
        packed: Whether messages are packed by hand; else they go through the serializer, ten times as slowly.
    """

    silent_writers: Literal["refuse", "tolerate"] = "refuse"
    listen: Seconds = 0.5
    gain_ramp: Seconds = 0.5
    damp_time: Seconds = 0.4
    packed: bool = True


class UnitreeSettings(MotorBusSettings):
    """How a deployment drives the robot.

    Attributes:
        mode: ``full``: all joints, with the built-in controller switched off. ``arms``: arms and waist alone, blended
            into what the built-in controller does.
        weight: Share of arms-only commands in the arms' motion.
        weight_rate: Change of that share per second while it rises and falls.
        release: What becomes of a built-in controller that runs: ``lower``: it lays the robot down, then it is
            switched off. ``at_once``: it is switched off; a robot that stands collapses. ``never``: driving is refused.
            ``unasked``: no request is sent, for simulators without that service.
        give_back: Whether the built-in controller is switched on again in the end.
        lacks: What a simulator on this machine leaves out of its states, see ``docs/hardware/go2.md``: ``checksum``
            (damage is not detected), ``tick`` (states are numbered and stamped on arrival), ``battery`` (counts as
            full), ``foot_force`` (contacts come from the joint torques).
        unsafe: Whether ``lacks`` may speak of what is reached by a real network interface, where a robot may be.
    """

    mode: Literal["full", "arms"] = "full"
    weight: Share = 1.0
    weight_rate: float = Field(0.5, gt=0)
    release: Literal["lower", "at_once", "never", "unasked"] = "lower"
    give_back: bool = False
    lacks: tuple[Lack, ...] = ()
    unsafe: bool = False


def robot_data(robot: RobotSpec) -> UnitreeRobot:
    """The robot's own section.

    Raises:
        DataError: It is missing, or does not fit the robot.
    """
    data, where = driver_section(robot, "unitree", UnitreeRobot, "message family and motor slots")
    missing = [joint for joint in robot.joint_names if joint not in data.motors]
    slots = list(data.motors.values())
    if missing:
        raise DataError(f"{where}.motors: no slot for {', '.join(missing)}")
    if len(set(slots)) != len(slots) or not all(0 <= slot < SLOTS[data.messages] for slot in slots):
        raise DataError(f"{where}.motors: each joint needs a slot of its own from 0 to {SLOTS[data.messages] - 1}")
    if data.arms and (data.weight_slot is None or data.weight_slot in slots):
        raise DataError(f"{where}.weight_slot: arms-only mode needs a slot that no joint has")
    return data


def place_settings(settings: Mapping[str, Any], data: UnitreeRobot, robot: RobotSpec) -> UnitreeSettings:
    """The deployment's section.

    Raises:
        DataError: It is wrong, or requires something that the robot does not have.
    """
    parsed = parse_model(UnitreeSettings, dict(settings), "driver_settings")
    if parsed.mode == "arms" and not data.arms:
        raise DataError(f"driver_settings.mode: {robot.name} has no arms-only mode; 'full' is the one it has")
    if parsed.lacks and not parsed.unsafe and not is_loopback(parsed.interface):
        raise DataError(
            f"driver_settings.lacks: {', '.join(parsed.lacks)}: a robot fills these in, and what lacks them is "
            "damaged; it is for simulators on this machine (interface: lo). For one on another machine say "
            "'unsafe: true' beside it"
        )
    return parsed
