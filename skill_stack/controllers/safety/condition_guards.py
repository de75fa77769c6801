"""Guards on the robot's condition: base speed, torque, temperature, charge, sensors that fail."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.estimation.frozen_joints import FrozenJoints
from skill_stack.controllers.estimation.persistence import Persistence
from skill_stack.controllers.safety.guard_violation import Guard, GuardViolation, Reaction
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample

_BY_JOINT = ("torque",)
_PLAIN = ("foot_force", "linear_acceleration")


class ConditionGuards:
    """Checks after each command; a finding is applied at the next tick.

    Times are those of the samples, in s of task time, so that they hold at any rate.

    Attributes:
        findings: What is wrong now, in no order.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Takes the robot's limits."""
        self._robot = robot
        self._limits = limits = robot.safety
        self._effort: list[float] = (robot.column("effort") * limits.torque_margin).tolist()
        self._weakest = min(self._effort)
        self._fast = Persistence(limits.base_speed_time)
        self._strong = Persistence(limits.torque_time)
        self._dumb = Persistence(limits.sensor_time)
        self._still = FrozenJoints(robot.size, limits.joint_silence)
        self._touch = robot.sensors.touch
        self._ends = [sensor.range if sensor.kind == "force" and sensor.noise else None for sensor in self._touch]
        self.findings: list[GuardViolation] = []
        self.forget()

    def forget(self) -> None:
        """Restarts without findings."""
        for memory in (self._fast, self._strong, self._dumb):
            memory.forget()
        self._still.forget()
        self._slow: list[GuardViolation] = []
        self._looked = -math.inf
        self.findings = []

    def look(self, reading: FastEstimate, sample: SensorSample, base_speed: float) -> None:
        """Checks a valid sample.

        Args:
            reading: What was made of the sample.
            sample: The sample.
            base_speed: Largest speed in force, m/s.
        """
        now, torque = sample.task_time, sample.torque.tolist()
        x, y, z = reading.base_velocity()
        fast = not x * x + y * y + z * z <= base_speed * base_speed
        strong = max(torque) > self._weakest or min(torque) < -self._weakest
        # A sum is finite only when every number in it is.
        total = sum(torque) + sum(sample.foot_force.tolist()) + sum(sample.linear_acceleration.tolist())
        total += sum(sample.touch.tolist())
        if sample.odometry is not None:
            total += sample.odometry.angular
        dumb = not math.isfinite(total)
        still = self._still.look(now, *self._with_touch(sample, (reading.position, reading.velocity, torque)))
        if not self._looked <= now < self._looked + self._limits.slow_look:
            self._looked = now
            self._slow = [found for found in (self._temperature(sample), self._battery(sample)) if found]
        if not (fast or strong or dumb or still or self._slow or self.findings):
            self._fast.ok()
            self._strong.ok()
            self._dumb.ok()
            return
        found = [
            self._too_fast(now, fast, math.hypot(x, y, z), base_speed),
            self._too_strong(now, strong, torque),
            self._without_numbers(now, dumb, sample),
            self._silent([joint for joint in still if joint < self._robot.size]),
            self._stuck([joint - self._robot.size for joint in still if joint >= self._robot.size]),
        ]
        self.findings = [finding for finding in found if finding is not None] + self._slow

    def _with_touch(self, sample: SensorSample, rows: tuple[list[float], ...]) -> Iterable[list[float]]:
        """Position, velocity and torque of the joints, each followed by the forces on the pads.

        What a sensor may say for long is left out: a switch, a force at an end of the range, or without noise.
        """
        if not self._touch:
            return rows
        said = [
            force if ends is not None and ends[0] < force < ends[1] else sample.task_time
            for force, ends in zip(sample.touch.tolist(), self._ends, strict=True)
        ]
        return (row + said for row in rows)

    def _too_fast(self, now: float, is_so: bool, speed: float, limit: float) -> GuardViolation | None:
        seconds = self._fast.lasts(now, is_so)
        if seconds is None:
            return None
        reason = f"the base moves at {speed:.1f} m/s for {seconds:.2f} s, limit {limit:g} m/s"
        return GuardViolation(Guard.BASE_SPEED, Reaction.STANCE, reason)

    def _too_strong(self, now: float, maybe: bool, torque: list[float]) -> GuardViolation | None:
        share = [abs(value) / limit for value, limit in zip(torque, self._effort)] if maybe else []
        beyond = [value for value in share if 1.0 < value < math.inf]  # one that is no number is another guard's
        seconds = self._strong.lasts(now, bool(beyond))
        if seconds is None:
            return None
        worst = share.index(max(beyond))
        name = self._robot.joint_names[worst]
        reason = f"{name} gives {torque[worst]:.1f} N·m for {seconds:.2f} s, limit {self._effort[worst]:.1f} N·m"
        return GuardViolation(Guard.MEASURED_TORQUE, Reaction.DAMP, reason)

    def _without_numbers(self, now: float, is_so: bool, sample: SensorSample) -> GuardViolation | None:
        seconds = self._dumb.lasts(now, is_so)
        if seconds is None:
            return None
        names = [
            f"{field} of {joint}"
            for field in _BY_JOINT
            for joint, value in zip(self._robot.joint_names, getattr(sample, field).tolist())
            if not math.isfinite(value)
        ]
        names += [field for field in _PLAIN if not np.isfinite(getattr(sample, field)).all()]
        names += [f"touch sensor {one.name}" for one, said in zip(self._touch, sample.touch) if not math.isfinite(said)]
        names += ["odometry's yaw rate"] if sample.odometry and not math.isfinite(sample.odometry.angular) else []
        reason = f"not finite for {seconds:.2f} s: {', '.join(names)}"
        return GuardViolation(Guard.SENSOR, Reaction.STANCE, reason)

    def _silent(self, joints: list[int]) -> GuardViolation | None:
        if not joints:
            return None
        names = ", ".join(self._robot.joint_names[joint] for joint in joints)
        reason = f"nothing new from {names} for {self._limits.joint_silence:g} s, while other joints change"
        return GuardViolation(Guard.JOINT_DATA, Reaction.DAMP, reason)

    def _stuck(self, sensors: list[int]) -> GuardViolation | None:
        if not sensors:
            return None
        names = ", ".join(f"touch sensor {self._touch[sensor].name}" for sensor in sensors)
        reason = f"nothing new from {names} for {self._limits.joint_silence:g} s, while joints change"
        return GuardViolation(Guard.SENSOR, Reaction.STANCE, reason)

    def _temperature(self, sample: SensorSample) -> GuardViolation | None:
        hottest = int(np.argmax(sample.temperature))
        heat = self._limits.heat(float(sample.temperature[hottest]))
        if heat is None:
            return None
        hot, text = heat
        reaction = Reaction.DAMP if hot else Reaction.STANCE
        return GuardViolation(Guard.TEMPERATURE, reaction, f"{self._robot.joint_names[hottest]} {text}")

    def _battery(self, sample: SensorSample) -> GuardViolation | None:
        if sample.battery >= self._limits.battery:
            return None
        reason = f"battery at {sample.battery:.0%}, limit {self._limits.battery:.0%}"
        return GuardViolation(Guard.BATTERY, Reaction.STANCE, reason)
