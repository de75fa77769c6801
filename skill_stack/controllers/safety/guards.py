"""Guards on the robot's motion and on the loop, at every tick; each has its own limit and reaction."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.controllers.consistency.sensor_checks import SensorChecks
from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.joint_arithmetic import moves_within_limits
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.safety.condition_guards import ConditionGuards
from skill_stack.controllers.safety.guard_violation import Guard, GuardViolation, Reaction, strongest
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import SafetyLimits
from skill_stack.core.skills.skill import Envelope

ROUNDING = 1e-9


def deadline_misses(limits: SafetyLimits, period: float) -> int:
    """Number of consecutive missed deadlines that is too many.

    Args:
        limits: The robot's limits.
        period: Time between two deadlines, s.
    """
    return max(limits.deadline_misses, math.ceil(limits.deadline_time / period - ROUNDING))


class Guards:
    """Checks at every tick; the strongest finding counts.

    What would fall over within a tick is looked at before the command goes out. The robot's condition is looked at
    after it, by :meth:`review`, and heeded at the next tick; so is whether the sensors agree with one another.

    Attributes:
        checks: Compare the sensors.
        rising: Whether the skill that drives brings the robot up, so that nothing but the ground pushes it.
        gets_up: Whether it brings up a robot that has fallen, which is not carried by its feet alone.
    """

    def __init__(self, robot: RobotSpec, period: float | None = None) -> None:
        """Takes the robot's limits.

        Args:
            robot: The robot.
            period: Time between two ticks, s; None takes that of the robot's control rate.
        """
        self._robot = robot
        self._limits = robot.safety
        self._period = period or 1.0 / robot.control_rate
        self._rated = robot.column("velocity")
        self._misses = deadline_misses(robot.safety, self._period)
        self._alone = robot.safety.supervisor_age
        self._condition = ConditionGuards(robot)
        self.checks = SensorChecks(robot, self._period)
        self.rising = self.gets_up = False
        self._told: JointCommand | None = None
        self._sent: JointCommand | None = None
        self._pending: FastEstimate | None = None
        self._take(None)

    def look(self, reading: FastEstimate, envelope: Envelope | None, timing: LoopTiming) -> GuardViolation | None:
        """The strongest finding of this tick, or None.

        Args:
            reading: A valid reading.
            envelope: Limits of the skill that drives, or None when none does.
            timing: How the loop keeps its deadlines, and whether it is watched.
        """
        if envelope is not self._envelope:
            self._take(envelope)
        if self._pending is not None:  # nobody asked for the state after the tick before
            self.review(self._pending)
        self._pending = reading
        # All that is usual in one go; who guards what is asked only when something is not.
        if (
            moves_within_limits(reading.numbers, self._up, self._rate, self._slowest)
            and timing.misses_in_row < self._misses
            and timing.unwatched <= self._alone
            and not self._condition.findings
            and not self.checks.findings
        ):
            return None
        found = (self._motion(reading), self._deadlines(timing), self._supervisor(timing))
        others = self._condition.findings + self.checks.findings
        return strongest([finding for finding in found if finding is not None] + others)

    def sent(self, command: JointCommand) -> None:
        """Notes the command sent; until then the drives had the previous one."""
        self._told, self._sent = self._sent, command

    def review(self, reading: FastEstimate) -> None:
        """Checks the robot's condition, after the command was sent.

        Args:
            reading: The reading from which the command was computed; an invalid one changes nothing.
        """
        self._pending = None
        if reading.valid and reading.sample is not None:
            self._condition.look(reading, reading.sample, self._base_speed)
            if self.checks.any:
                self.checks.look(reading, reading.sample, self._told, self.rising, self.gets_up)

    def forget(self) -> None:
        """Clears the robot's condition, because the device restarted."""
        self._pending = None
        self._condition.forget()
        self.checks.forget()

    def _take(self, envelope: Envelope | None) -> None:
        """Stores the limits in force."""
        self._envelope, limits = envelope, self._limits
        self._tilt = min(limits.within("tilt", envelope.tilt if envelope else None), math.pi)
        self._rate = limits.within("angular_speed", envelope.angular_speed if envelope else None)
        self._base_speed = limits.within("base_speed", envelope.base_speed if envelope else None)
        self._up = math.cos(self._tilt)
        share = limits.within("joint_speed_margin", envelope.joint_speed if envelope else None)
        self._speed: list[float] = (self._rated * share).tolist()
        self._slowest = min(self._speed)

    def _motion(self, reading: FastEstimate) -> GuardViolation | None:
        up = -reading.gravity[2]
        if not up >= self._up:
            tilt = math.acos(max(-1.0, min(1.0, up)))
            return GuardViolation(Guard.TILT, Reaction.DAMP, f"tilt {tilt:.2f} rad is beyond {self._tilt:g} rad")
        rate = math.hypot(*reading.angular_velocity)
        if not rate <= self._rate:
            reason = f"the base turns at {rate:.1f} rad/s, limit {self._rate:g} rad/s"
            return GuardViolation(Guard.ANGULAR_SPEED, Reaction.DAMP, reason)
        for speed, limit in zip(reading.velocity, self._speed):
            if not abs(speed) <= limit:
                return self._too_fast(reading.velocity)
        return None

    def _too_fast(self, speeds: list[float]) -> GuardViolation:
        worst = int(np.argmax(np.abs(speeds) / np.array(self._speed)))
        name, speed, limit = self._robot.joint_names[worst], speeds[worst], self._speed[worst]
        reason = f"{name} moves at {speed:.1f} rad/s, limit {limit:.1f} rad/s"
        return GuardViolation(Guard.JOINT_SPEED, Reaction.DAMP, reason)

    def _deadlines(self, timing: LoopTiming) -> GuardViolation | None:
        if timing.misses_in_row < self._misses:
            return None
        seconds = timing.misses_in_row * self._period
        reason = f"{timing.misses_in_row} control deadlines missed in a row, {seconds:.2f} s, limit {self._misses}"
        return GuardViolation(Guard.DEADLINE, Reaction.STANCE, reason)

    def _supervisor(self, timing: LoopTiming) -> GuardViolation | None:
        if timing.unwatched <= self._alone:
            return None
        since = f"silent for {timing.unwatched:.1f} s" if math.isfinite(timing.unwatched) else "none was there yet"
        reason = f"no supervisor: {since}, limit {self._alone:g} s"
        return GuardViolation(Guard.SUPERVISOR, Reaction.STANCE, reason)
