"""MotorUnits: counts on the bus to SI values of the joints, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.dynamixel.registers import LARGEST_GAIN, PRESENT, RADIAN, SPEED
from skill_stack.hardware.dynamixel.settings import DynamixelRobot

Array = np.ndarray

_PRESENT = np.dtype([("tick", "<u2"), ("unused", "<u4"), ("current", "<i2"), ("velocity", "<i4"), ("position", "<i4")])
_GAINS = np.dtype([("derivative", "<u2"), ("integral", "<u2"), ("proportional", "<u2")])
assert _PRESENT.itemsize == PRESENT.size


class MotorUnits:
    """Conversion that depends on how motors are mounted; arrays are ordered by ``RobotSpec.joints``.

    Attributes:
        numbers: Number of each joint's motor, shape (joints,).
    """

    def __init__(self, robot: RobotSpec, data: DynamixelRobot, offsets: Mapping[str, float] | None = None) -> None:
        """Computes signs and offsets.

        Args:
            robot: The robot.
            data: The robot as its bus sees it.
            offsets: Calibration of this one device: angle by which a joint reads too much, rad, by joint.
        """
        names = robot.joint_names
        self.numbers: Sequence[int] = tuple(data.motors[name] for name in names)
        self._row = {number: row for row, number in enumerate(self.numbers)}
        self._sign = np.array([-1.0 if name in data.reversed else 1.0 for name in names])
        self._offset = np.array([(offsets or {}).get(name, 0.0) for name in names])
        self._zero = data.zero * RADIAN
        self._torque = self._sign * data.current_unit * data.torque_constant
        gains = [data.gains_of(name) for name in names]
        kp = robot.column("kp")
        self._own_kd = np.maximum(robot.column("kd"), robot.column("damp_kd"))
        self._proportional = np.array([gain.proportional for gain in gains]) / np.where(kp > 0, kp, 1.0)
        self._derivative = np.array([gain.derivative for gain in gains])

    def measured(self, answers: Mapping[int, bytes], position: Array, velocity: Array, torque: Array) -> None:
        """Writes answers into arrays; joints without an answer keep their position, with zero velocity.

        Args:
            answers: Answers to :data:`PRESENT`, by motor.
            position: Joint positions, rad, shape (joints,).
            velocity: Joint velocities, rad/s, shape (joints,).
            torque: Joint torques, N·m, shape (joints,).
        """
        velocity[:] = 0.0
        torque[:] = 0.0
        rows = [self._row[number] for number in answers]
        raw = np.frombuffer(b"".join(answers.values()), _PRESENT)
        sign = self._sign[rows]
        position[rows] = sign * (raw["position"] - self._zero) / RADIAN - self._offset[rows]
        velocity[rows] = sign * SPEED * raw["velocity"]
        torque[rows] = self._torque[rows] * raw["current"]

    def goals(self, position: Array, numbers: Sequence[int]) -> dict[int, bytes]:
        """Goal positions of some motors, from joint positions, rad, shape (joints,)."""
        counts = np.rint(self._sign * (position + self._offset) * RADIAN + self._zero).astype("<i4")
        return {number: counts[self._row[number]].tobytes() for number in numbers}

    def gains(self, kp: Array, kd: Array) -> Array:
        """Registers of the position loop for joint gains.

        The vendor does not state the loop's units. The robot's data states the register values that correspond to the
        joints' own gains; others are in proportion. The derivative gain never falls below its stated value, which
        prevents oscillation of the drive.

        Args:
            kp: Position gains, N·m/rad, shape (joints,).
            kd: Damping gains, N·m·s/rad, shape (joints,).

        Returns:
            A structured array, shape (joints,).
        """
        registers = np.zeros(len(self.numbers), _GAINS)
        registers["proportional"] = np.clip(np.rint(self._proportional * kp), 0, LARGEST_GAIN)
        damping = self._derivative * np.maximum(kd / self._own_kd, 1.0)
        registers["derivative"] = np.clip(np.rint(damping), 0, LARGEST_GAIN)
        return registers

    def rows(self, values: Array, numbers: Sequence[int]) -> dict[int, bytes]:
        """The bytes of an array's rows, by motor."""
        return {number: values[self._row[number]].tobytes() for number in numbers}
