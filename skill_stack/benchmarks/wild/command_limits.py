"""CommandLimits: what must hold of every command, worked out from the robot's data and not from the safety layer."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.controllers.safety.safety_layer import MIN_KP
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample

Array = np.ndarray

ROUNDING = 1e-6
"""Share of the largest term by which rounding may miss a limit."""


class CommandLimits:
    """Limits of one robot."""

    def __init__(self, robot: RobotSpec) -> None:
        """Takes the robot's limits."""
        safety = robot.safety
        self._size = robot.size
        self._effort = robot.column("effort") * safety.effort_share
        self._damp_kd = robot.column("damp_kd")
        self._ends = np.array([robot.column("lower"), robot.column("upper")])
        self._slope = self._effort / safety.end_margin
        self._step = safety.slew / robot.control_rate
        self._most = safety.kp_max, safety.kd_max

    def problems(self, command: JointCommand, sample: SensorSample | None, before: Array | None) -> list[str]:
        """What is wrong with a command, one sentence each.

        Args:
            command: The command.
            sample: The sample that it answers, or None.
            before: Targets of the tick before, rad; None when the robot was damped then.
        """
        rows = (command.q, command.dq, command.tau, command.kp, command.kd)
        if any(row.shape != (self._size,) for row in rows):
            return [f"a command of shape {command.q.shape}"]
        if not math.isfinite(sum(sum(row.tolist()) for row in rows)):
            return ["a command with a value that is not finite"]
        if command.mode is not CommandMode.ACTIVE:
            damps = not command.kp.any() and not command.tau.any() and np.array_equal(command.kd, self._damp_kd)
            return [] if damps else [f"a damping command with kp {command.kp.max():g}, tau {command.tau.max():g}"]
        kp_max, kd_max = self._most
        found = []
        if min(command.kp.min(), command.kd.min()) < 0 or command.kp.max() > kp_max or command.kd.max() > kd_max:
            found.append("gains outside their limits")
        if sample is None or not sample.valid:
            return [*found, "an active command without a valid sample"]
        return found + self._beyond(command, sample, sample.position if before is None else before)

    @np.errstate(over="ignore", invalid="ignore")
    def _beyond(self, command: JointCommand, sample: SensorSample, before: Array) -> list[str]:
        """Requested torque of the drive, with a lower limit near the end of the range, and change of the target."""
        found = []
        pull, brake = command.kp * (command.q - sample.position), command.kd * sample.velocity
        torque = pull - brake + command.tau
        slack = ROUNDING * (1.0 + np.abs(pull) + np.abs(brake))
        low, high = np.clip((self._ends - sample.position) * self._slope, -self._effort, self._effort)
        low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        over = ((torque > high + slack) | (torque < low - slack)) & (command.kp > MIN_KP)
        if over.any():
            worst = int(np.argmax(np.where(over, np.abs(torque) / self._effort, 0.0)))
            found.append(f"joint {worst} asked for {torque[worst]:.2f} N·m, limit {self._effort[worst]:g} N·m")
        step = np.abs(command.q - before)
        free = (torque < high - slack) & (torque > low + slack)
        leaps = (step > self._step + ROUNDING * (1.0 + np.abs(before))) & free
        if leaps.any():
            worst = int(np.argmax(np.where(leaps, step, 0.0)))
            found.append(f"the target of joint {worst} leaps by {step[worst]:.3f} rad, limit {self._step:.3f} rad")
        return found
