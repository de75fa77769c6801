"""SafetyLayer: the last stage before the hardware, the same for every skill, blend and teleoperation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.joint_arithmetic import within
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import Guard, GuardViolation, Reaction
from skill_stack.core.joint_command import CommandMode, JointCommand, damping, quick_command
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

_array, _float, _ndarray = np.array, np.float64, np.ndarray
_ACTIVE = CommandMode.ACTIVE  # an enumeration's member costs a call each time
MIN_KP = 1e-3
"""Position gain, N·m/rad, below which a target has no influence and is not moved."""


class SafetyLayer:
    """Limits what is commanded.

    Targets are limited by the resulting torque of the drive, not by position: good policies place targets
    beyond the range of a joint on purpose. The torque limit of a joint shrinks to zero as the joint comes to the end
    of its range, in that direction alone. First every joint is checked; the limits are computed only when one is
    exceeded.

    Attributes:
        limited: How often each limit changed a command, by ``guard joint``.
        count: How often any limit did.
        touched: Bit mask of the joints whose targets were changed at the last tick that drove.
    """

    def __init__(self, robot: RobotSpec, period: float | None = None) -> None:
        """Takes the robot's limits.

        Args:
            robot: The robot.
            period: Time between two commands, s; None takes that of the robot's control rate.
        """
        self._robot, self._size = robot, robot.size
        limits, margin = robot.safety, robot.safety.end_margin
        lower, upper = robot.column("lower"), robot.column("upper")
        effort = robot.column("effort") * limits.effort_share
        self._table = np.array([0 * effort, 0 * effort, effort, lower + margin, upper - margin])
        self._ends = np.array([lower, upper])
        self._beyond_range = limits.beyond_range
        self._slope = effort / margin
        self._low, self._high = np.array([-effort, 0 * effort]), np.array([0 * effort, effort])
        self._step = limits.slew * (period or 1.0 / robot.control_rate)
        self._most = limits.kp_max, limits.kd_max
        self._damp_kd = robot.column("damp_kd")
        self._zero, self._shape = _constant([0.0] * robot.size), (robot.size,)
        self._gains: tuple[Sequence[float], Sequence[float], Array, Array] = ((), (), self._zero, self._zero)
        self.limited: Counter[str] = Counter()
        self.count = 0
        self.touched = 0

    def limit(self, targets: Targets, reading: FastEstimate, last: Targets | None) -> Array | GuardViolation:
        """Limits targets.

        Args:
            targets: Targets of the skills.
            reading: Where the robot is.
            last: Last command, or None when the robot was damped.

        Returns:
            Positions for the command, rad, read-only; or a finding with reaction DAMP when the targets
            are malformed.
        """
        q = _array(targets.q, _float)  # its own, whatever the skill does with its numbers later
        if q.shape != self._shape or not len(targets.kp) == len(targets.kd) == self._size:
            return _malformed(f"the skill's output has {q.size} joints, the robot has {self._size}")
        if (targets.kp is not self._gains[0] or targets.kd is not self._gains[1]) and (
            problem := self._take_gains(targets)
        ):
            return _malformed(problem)
        before = reading.position if last is None else last.q
        if type(before) is not _ndarray:
            before = np.array(before, dtype=float)
        self.touched = 0
        if not within(q, reading.numbers, before, self._table, self._step):
            limited = self._limit(q, reading, before)
            if isinstance(limited, GuardViolation):
                return limited
            q = limited
        q.setflags(write=False)
        return q

    def rehearse(self, targets: Targets, reading: FastEstimate) -> None:
        """Runs on targets that were limited before, without any effect."""
        if targets.kp is self._gains[0] and targets.kd is self._gains[1]:
            q = np.array(targets.q, dtype=float)
            within(q, reading.numbers, q, self._table, self._step)

    def _take_gains(self, targets: Targets) -> str:
        """Checks new gains and stores them as arrays; returns what is wrong with them."""
        kp, kd = targets.kp, targets.kd
        if not gains_are_sane(kp, kd, *self._most):
            return "the skill's gains are not within 0…{:g} N·m/rad and 0…{:g} N·m·s/rad".format(*self._most)
        self._gains = (kp, kd, _constant(kp), _constant(kd))
        self._table[0], self._table[1] = kp, kd
        return ""

    def _limit(self, q: Array, reading: FastEstimate, before: Array) -> Array | GuardViolation:
        """Computes the limits of all joints together."""
        kp, kd = self._gains[2:]
        if not np.isfinite(q).all():
            names = [name for name, value in zip(self._robot.joint_names, q.tolist()) if not math.isfinite(value)]
            return _malformed(f"the skill's output is not finite for {', '.join(names)}")
        position = np.array(reading.position)
        beyond = np.maximum(self._ends[0] - position, position - self._ends[1])
        worst = int(np.argmax(beyond))
        if not beyond[worst] <= self._beyond_range:
            return self._impossible(worst, reading.position[worst])
        slewed = np.clip(q, before - self._step, before + self._step)
        torque = kp * (slewed - position) - kd * np.array(reading.velocity)
        low, high = np.clip((self._ends - position) * self._slope, self._low, self._high)
        change = np.zeros_like(q)
        np.divide(np.clip(torque, low, high) - torque, kp, out=change, where=kp > MIN_KP)
        strong = np.abs(torque) > self._high[1]
        rows = zip(self._robot.joint_names, (slewed != q).tolist(), change.tolist(), strong.tolist())
        for place, (name, moved, turned, too_strong) in enumerate(rows):
            if moved or turned:
                self.touched |= 1 << place
                guard = Guard.SLEW if not turned else Guard.TORQUE if too_strong else Guard.RANGE
                self.limited[f"{guard.value} {name}"] += 1
                self.count += 1
        limited: Array = slewed + change
        return limited

    def _impossible(self, joint: int, angle: float) -> GuardViolation:
        spec = self._robot.joints[joint]
        reason = f"{spec.name} is measured at {angle:.4g} rad, outside {spec.lower:g}…{spec.upper:g} rad"
        return GuardViolation(Guard.JOINT_POSITION, Reaction.DAMP, f"{reason} by more than {self._beyond_range:g} rad")

    def command(self, q: Array, sequence: int, sample_sequence: int, setpoint_sequence: int) -> JointCommand:
        """The command for limited positions, rad, with the gains that went with them."""
        _, _, kp, kd = self._gains
        zero = self._zero
        return quick_command(q, zero, zero, kp, kd, _ACTIVE, sequence, sample_sequence, setpoint_sequence)

    def damping(self, reading: FastEstimate, sequence: int, sample_sequence: int) -> JointCommand:
        """The command that lets the robot sink gently."""
        return damping(np.array(reading.position), self._damp_kd, sequence, sample_sequence)


def gains_are_sane(kp: Sequence[float], kd: Sequence[float], kp_max: float, kd_max: float) -> bool:
    """Whether every gain, N·m/rad and N·m·s/rad, is a number within the robot's limits."""
    return all(0.0 <= k <= kp_max for k in kp) and all(0.0 <= d <= kd_max for d in kd)


def _constant(values: Sequence[float]) -> Array:
    """A read-only array that several commands can share."""
    array = np.array(values)
    array.setflags(write=False)
    return array


def _malformed(reason: str) -> GuardViolation:
    return GuardViolation(Guard.OUTPUT, Reaction.DAMP, reason)
