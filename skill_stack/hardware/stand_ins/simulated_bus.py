"""Simulated buses whose motors move simulated joints, for :class:`skill_stack.hardware.bus_device.BusDevice`.

The motors on a bus and their mounting are read from the robot's data. Motors and frames are those of the stand-ins,
which share no code with the drivers.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels

Array = np.ndarray
Clock = Callable[[], float]
Sleep = Callable[[float], object]

_CHANNELS = itertools.count()


class SimulatedJoints(Protocol):
    """Joints moved by the motors, in the robot's order."""

    def pull(self, torque: Array, duration: float) -> None:
        """Advances time under torques, N·m, shape (joints,); s."""

    def joints(self) -> tuple[Array, Array]:
        """Positions and velocities, rad and rad/s, shape (joints,) each."""


class PluggedBus(Protocol):
    """A bus with its motors."""

    @property
    def caught_up(self) -> bool:
        """Whether it has received everything that was sent, and caught up with its clock."""

    def driver(
        self, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any], clock: Clock, sleep: Sleep
    ) -> Hardware:
        """The driver of the real bus, with the settings of a deployment; arguments as for any driver."""

    def close(self) -> None:
        """Removes the bus."""


def plug_in(robot: RobotSpec, folder: Path, joints: SimulatedJoints, clock: Clock) -> PluggedBus:
    """Creates the bus that a robot's data describes.

    Args:
        robot: The robot, or the part of one.
        folder: Where a serial port may be made.
        joints: What the motors move.
        clock: Time of the bus, s.

    Raises:
        DataError: The robot's data describes no bus that there is a stand-in for.
    """
    for name, kind in _KINDS.items():
        if name in robot.driver_data:
            return kind(robot, folder, joints, clock)
    raise DataError(f"{robot.name}: driver_data names none of {', '.join(_KINDS)}, for which there are stand-ins")


class SerialBus:
    """Dynamixel motors on a pseudo terminal.

    The vendor states no unit of the position loop; the motors here have the gains that the robot's data takes its
    registers for: those of the joints.
    """

    def __init__(self, robot: RobotSpec, folder: Path, joints: SimulatedJoints, clock: Clock) -> None:
        """Plugs it in; see :func:`plug_in`."""
        from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus

        data = robot.driver_data["dynamixel"]
        self._robot, self._path = robot, folder / "tty"
        self._numbers = [int(data["motors"][name]) for name in robot.joint_names]
        self._sign = np.array([-1.0 if name in data.get("reversed", ()) else 1.0 for name in robot.joint_names])
        self._zero, self._constant = float(data.get("zero", math.pi)), float(data["torque_constant"])
        self._places = {number: place for place, number in enumerate(self._numbers)}
        self._joints = joints
        self._angles, self._speeds = self._turned()
        self._bus = PtyBus(self._numbers, self._path, self, clock)
        with self._bus.lock:
            self._set_gains(data)

    def _set_gains(self, data: Mapping[str, Any]) -> None:
        for joint in self._robot.joints:
            motor = self._bus.motors[int(data["motors"][joint.name])]
            register = {**data["gains"], **data.get("other_gains", {}).get(joint.name, {})}
            motor.gain = joint.kp / (self._constant * register["proportional"])
            motor.damping = max(joint.kd, joint.damp_kd) / (self._constant * register["derivative"])

    def step(self, currents: Mapping[int, float], duration: float) -> None:
        """Steps physics under the currents of all motors, A; s."""
        torque = np.array([currents[number] for number in self._numbers]) * self._constant * self._sign
        self._joints.pull(torque, duration)
        self._angles, self._speeds = self._turned()

    def state(self, number: int) -> tuple[float, float]:
        """Angle and speed of a motor, rad and rad/s."""
        place = self._places[number]
        return self._angles[place], self._speeds[place]

    def _turned(self) -> tuple[list[float], list[float]]:
        position, velocity = self._joints.joints()
        return (self._zero + self._sign * position).tolist(), (self._sign * velocity).tolist()

    @property
    def caught_up(self) -> bool:
        """See :class:`PluggedBus`; writes are received once a later request is answered."""
        return self._bus.caught_up

    def driver(
        self, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any], clock: Clock, sleep: Sleep
    ) -> Hardware:
        """See :class:`PluggedBus`; with longer time-outs on a busy machine."""
        from skill_stack.hardware.dynamixel.driver import DynamixelDriver

        place = {"port": str(self._path), "reply_timeout": 0.1}
        return DynamixelDriver(self._robot, channels, lease, {**place, **settings}, clock, sleep)

    def close(self) -> None:
        """See :class:`PluggedBus`."""
        self._bus.close()


class CanBus:
    """An Allegro Hand on a virtual CAN bus of this process."""

    def __init__(self, robot: RobotSpec, _: Path, joints: SimulatedJoints, clock: Clock) -> None:
        """Plugs it in; see :func:`plug_in`."""
        from skill_stack.hardware.stand_ins.allegro import VirtualAllegro

        self._robot, self._joints = robot, joints
        data = robot.driver_data["allegro"]
        self._places = robot.indices([joint for finger in data["fingers"] for joint in finger])
        self._channel = f"simulated-{os.getpid()}-{next(_CHANNELS)}"
        self._hand = VirtualAllegro(self._channel, clock, self)
        self._hand.left = data["side"] == "left"

    def pull(self, torque: Array, duration: float) -> None:
        """Steps physics under torques in the order of the bus, N·m; s."""
        ordered = np.zeros(self._robot.size)
        ordered[self._places] = torque
        self._joints.pull(ordered, duration)

    def joints(self) -> tuple[Array, Array]:
        """Positions and velocities in the order of the bus, rad and rad/s."""
        position, velocity = self._joints.joints()
        return position[self._places], velocity[self._places]

    @property
    def caught_up(self) -> bool:
        """See :class:`PluggedBus`."""
        return self._hand.caught_up

    def driver(
        self, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any], clock: Clock, sleep: Sleep
    ) -> Hardware:
        """See :class:`PluggedBus`."""
        from skill_stack.hardware.allegro.driver import AllegroDriver

        place = {"channel": self._channel, "interface": "virtual"}
        return AllegroDriver(self._robot, channels, lease, {**place, **settings}, clock, sleep)

    def close(self) -> None:
        """See :class:`PluggedBus`."""
        self._hand.close()


_KINDS: Mapping[str, Callable[[RobotSpec, Path, SimulatedJoints, Clock], PluggedBus]] = {
    "dynamixel": SerialBus,
    "allegro": CanBus,
}
