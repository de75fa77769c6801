"""MotorSender: joint commands to the motors, with gains that rise gradually."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.dynamixel.bus import Bus
from skill_stack.hardware.dynamixel.registers import GOAL_POSITION, POSITION_GAINS
from skill_stack.hardware.dynamixel.units import MotorUnits

Array = np.ndarray

BEYOND = 0.2
"""How far beyond a joint's range a goal may be, rad, so that a motor can press against its end."""


class MotorSender:
    """Converts ``tau + kp (q - position) + kd (dq - velocity)`` to goal and gains of the motor's own loop.

    The motor has no feed-forward and no target velocity; both are added to the goal position, as the offset at which
    ``kp`` gives the same torque. Gains are sent only when they change.
    """

    def __init__(self, robot: RobotSpec, units: MotorUnits, ramp: float) -> None:
        """Starts with all gains at zero.

        Args:
            robot: The robot.
            units: Counts on the bus.
            ramp: Time over which position gains grow when damping ends, s.
        """
        self._units, self._ramp = units, ramp
        self._lower, self._upper = robot.column("lower") - BEYOND, robot.column("upper") + BEYOND
        self._damp_kd = robot.column("damp_kd")
        self._numbers = np.array(units.numbers)
        self._since: np.ndarray = np.full(robot.size, np.nan)
        self._sent = np.zeros_like(units.gains(self._damp_kd, self._damp_kd))

    def forget(self, numbers: Sequence[int]) -> None:
        """Resets the gains to zero, after motors were switched on again."""
        rows = np.isin(self._numbers, numbers)
        self._since[rows] = np.nan
        self._sent[rows] = np.zeros((), self._sent.dtype)

    def send(self, bus: Bus, command: JointCommand, numbers: Sequence[int], now: float) -> None:
        """Sends a command to some motors.

        Args:
            bus: The bus.
            command: The command.
            numbers: Motors that obey.
            now: Monotonic time, s.

        Raises:
            ValueError: A number is not finite; nothing was sent.
            Silence: The device is gone.
        """
        goal = self._goal(command)
        if not (np.isfinite(goal).all() and np.isfinite(command.kp).all() and np.isfinite(command.kd).all()):
            raise ValueError("a command that is not finite")
        if command.mode is CommandMode.ACTIVE:
            self._since = np.where(np.isnan(self._since), now, self._since)
            share = np.clip((now - self._since) / self._ramp, 0.0, 1.0) if self._ramp > 0 else 1.0
            gains = self._units.gains(share * command.kp, command.kd)
        else:
            self._since[:] = np.nan
            gains = self._units.gains(np.zeros_like(command.kp), command.kd)
        self._send_gains(bus, gains, numbers)
        bus.write_all(GOAL_POSITION, self._units.goals(goal, numbers))

    def damp(self, bus: Bus, numbers: Sequence[int]) -> None:
        """Sends damping, whatever was sent before; raises Silence."""
        self._since[:] = np.nan
        gains = self._units.gains(np.zeros_like(self._damp_kd), self._damp_kd)
        bus.write_all(POSITION_GAINS, self._units.rows(gains, numbers))
        self._sent = gains

    def _goal(self, command: JointCommand) -> Array:
        """Goals at which the motors' own loop gives the command's torque, within the joints' ranges, rad."""
        kp = np.where(command.kp > 0, command.kp, np.inf)
        return np.clip(command.q + (command.tau + command.kd * command.dq) / kp, self._lower, self._upper)

    def _send_gains(self, bus: Bus, gains: Array, numbers: Sequence[int]) -> None:
        changed = set(self._numbers[gains != self._sent].tolist())
        told = [number for number in numbers if number in changed]
        if told:
            bus.write_all(POSITION_GAINS, self._units.rows(gains, told))
            rows = np.isin(self._numbers, told)
            self._sent[rows] = gains[rows]
