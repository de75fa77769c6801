"""CommandSender: commands to the robot, with gains and weight that rise gradually."""

from __future__ import annotations

import numpy as np

from skill_stack.core.joint_command import JointCommand, damping
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.gain_ramp import GainRamp
from skill_stack.hardware.unitree.link import Outlet
from skill_stack.hardware.unitree.messages.low_command import LowCommandPacker
from skill_stack.hardware.unitree.settings import UnitreeRobot, UnitreeSettings

Array = np.ndarray

LONGEST_STEP = 0.1
"""Longest time that counts for a step of the weight, s: after a pause it continues without a jump."""


def joints_of(robot: RobotSpec, data: UnitreeRobot, settings: UnitreeSettings) -> tuple[str, ...]:
    """Names of the commanded joints."""
    return tuple(joint for joint in robot.joint_names if settings.mode == "full" or joint in data.arms)


class CommandSender:
    """Packs and sends.

    Attributes:
        joints: Joints that obey.
        weight: Share of arms-only commands that was sent last, 0 to 1.
        unsent: Commands that the network did not take.
    """

    def __init__(self, robot: RobotSpec, data: UnitreeRobot, settings: UnitreeSettings, outlet: Outlet) -> None:
        """Takes what to fill and where to send it."""
        self._arms = settings.mode == "arms"
        self.joints = joints_of(robot, data, settings)
        self._packer = LowCommandPacker(robot, data, self.joints)
        self._settings, self._outlet = settings, outlet
        self._damp_kd = robot.column("damp_kd")
        self._ramp = GainRamp(settings.gain_ramp)
        self._weighed: float | None = None
        self._machine = 0
        self.weight = 0.0
        self.unsent = 0

    def set_machine(self, machine: int) -> None:
        """Sets the machine type that the robot reported."""
        if machine != self._machine:
            self._machine = machine
            self._packer.set_machine(machine)

    def send(self, command: JointCommand, now: float) -> None:
        """Sends a command; position gains grow from zero when damping has ended.

        Args:
            command: The command.
            now: Monotonic time, s.

        Raises:
            ValueError: A number is not finite; nothing was sent.
        """
        gain = self._ramp.share(command.mode, now)
        self._weigh(now, self._settings.weight)
        self._deliver(self._packer.pack(command, gain))

    def damp(self, now: float, position: Array | None = None, weight: float | None = None) -> None:
        """Sends damping.

        Args:
            now: Monotonic time, s.
            position: Present joint positions, rad, shape (joints,); they have no effect.
            weight: What the weight of arms-only mode moves towards; None leaves it where it is.
        """
        self._ramp.reset()
        self._weigh(now, self.weight if weight is None else weight)
        place = np.zeros_like(self._damp_kd) if position is None else np.nan_to_num(position)
        self._deliver(self._packer.pack(damping(place, self._damp_kd)))

    def _deliver(self, data: bytes) -> None:
        if not self._outlet.send(data):
            self.unsent += 1

    def _weigh(self, now: float, target: float) -> None:
        """Moves the weight of arms-only mode towards a target."""
        if self._arms:
            elapsed = 0.0 if self._weighed is None else max(now - self._weighed, 0.0)
            step = self._settings.weight_rate * min(elapsed, LONGEST_STEP)
            self._weighed = now
            self.weight = min(max(target, self.weight - step), self.weight + step)
            self._packer.set_weight(self.weight)
