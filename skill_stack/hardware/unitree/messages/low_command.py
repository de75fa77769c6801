"""LowCommandPacker: joint commands as the bytes that the robot obeys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage
from skill_stack.hardware.unitree.settings import UnitreeRobot

Array = np.ndarray

_FIELDS = ("q", "dq", "tau", "kp", "kd")
_LOW_LEVEL_HEAD, _LOW_LEVEL = (0xFE, 0xEF), 0xFF  # as every low-level program for the Go2 begins its commands
_ON = 1


class LowCommandPacker:
    """Keeps one message and fills it anew for each command."""

    def __init__(self, robot: RobotSpec, data: UnitreeRobot, joints: Sequence[str]) -> None:
        """Enables the motors that will be commanded.

        Args:
            robot: The robot.
            data: Its motor slots.
            joints: Joints to command; the others' slots stay empty.
        """
        family = FAMILIES[data.messages]
        self._message = PackedMessage(family.command)
        self._rows = self._message.rows([f"motor_cmd.{field}" for field in _FIELDS])
        self._slots = np.array([data.motors[joint] for joint in joints])
        self._joints = robot.indices(joints)
        self._values = np.zeros((len(joints), len(_FIELDS)))
        self._weight = None if data.weight_slot is None else self._rows[data.weight_slot, :1]
        self._echo = family.echo
        self._message.fill("motor_cmd.mode", _ON, slice(None) if family.all_slots else self._slots)
        if data.messages == "go":
            self._message.view("head")[:] = _LOW_LEVEL_HEAD
            self._message.fill("level_flag", _LOW_LEVEL)

    def pack(self, command: JointCommand, gain: float = 1.0) -> bytes:
        """The message of a command.

        Args:
            command: The command, ordered by ``RobotSpec.joints``.
            gain: Factor on the position gains, 0 to 1.

        Raises:
            ValueError: A number is not finite.
        """
        values, joints = self._values, self._joints
        for column, part in enumerate((command.q, command.dq, command.tau, command.kp, command.kd)):
            values[:, column] = part[joints]
        if gain != 1.0:
            values[:, 3] *= gain
        # One sum tells: anything that is not finite makes it so.
        if not np.isfinite(values.sum()):
            raise ValueError("a command that is not finite was not sent")
        self._rows[self._slots] = values
        return self._message.signed()

    def set_machine(self, machine: int) -> None:
        """Sets the machine type, which the robot compares with its own."""
        if self._echo:
            self._message.fill("mode_machine", machine)

    def set_weight(self, weight: float) -> None:
        """Sets the share of arms-only commands, 0 to 1."""
        assert self._weight is not None
        self._weight[0] = weight
