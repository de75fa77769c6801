"""SensorChecks: consistency of sensors with one another; a finding stays until a person resets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from skill_stack.controllers.consistency import comparison
from skill_stack.controllers.consistency.comparison import BODY, DRIFT, JOINT_ROWS, LOAD, MISFIT, PLACE, TORQUE
from skill_stack.controllers.estimation.attitude_filter import matrix
from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.safety.guard_violation import BY_IMU, Guard, GuardViolation, Reaction
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import NEVER
from skill_stack.core.sensor_sample import SensorSample

if TYPE_CHECKING:
    from skill_stack.controllers.consistency.leg_checks import Found, LegChecks

Array = np.ndarray

LEG_PERIOD = 0.1
"""Time between two checks of the legs, s."""
GAP = 1.5
"""Gap between two samples, in periods, beyond which joint motion is not known: one was lost."""
LONGEST_GAP = 0.07
"""Time between two samples after which all sums restart, s: a body turns unevenly within a step."""
_OF_MOTION = {Guard.GYRO, Guard.JOINT_MOTION, Guard.DRIVE}
"""Comparisons made only while the robot is driven."""
_REACTION = {Guard.FOOT_FORCE: Reaction.STANCE}
_OF_HANDS = {Guard.DRIVE: Reaction.STANCE}
"""A hand that is damped would drop what it holds, and does no harm where it keeps still."""
_ACTIVE = CommandMode.ACTIVE
_ROUNDING = 1e-9


class SensorChecks:
    """Compares sensors that are plausible one by one; the limits in ``robot.yaml`` determine which are compared.

    A finding persists, because most faults show only while the robot moves: otherwise the robot would lie still, pass
    the checks and get up again.

    Attributes:
        findings: Contradictions between sensors, in no order.
        shares: Last differences as a share of their limit, by guard; a share above 1 gives a finding.
    """

    def __init__(self, robot: RobotSpec, period: float) -> None:
        """Takes the robot's limits.

        Args:
            robot: The robot; its URDF is read where its legs are checked.
            period: Time between two samples, s.
        """
        self._robot, self._limits = robot, robot.safety
        limits = self._limits
        self._longest = GAP * period
        self._imu = min(limits.imu_silence, limits.gyro_error, limits.gravity_error) < NEVER
        self._drives = limits.drive_error < NEVER
        self._moves = limits.joint_error < NEVER
        self.any = self._imu or self._drives or self._moves
        self._mount = np.array(matrix(robot.sensors.imu_rotation))
        self._turned = robot.sensors.imu_rotation != (1.0, 0.0, 0.0, 0.0)
        self._effort = robot.column("effort")
        self._legs: LegChecks | None = None
        if min(limits.leg_force, limits.ground_slope, limits.ground_step, limits.foot_load) < NEVER and robot.feet:
            from skill_stack.controllers.consistency.leg_checks import LegChecks  # pinocchio takes 50 MB

            self._legs = LegChecks(robot)
            self.any = True
        self._holds = {True: Reaction.STANCE if limits.stance_without_imu else Reaction.DAMP, False: Reaction.DAMP}
        self.forget()

    def forget(self) -> None:
        """Clears all findings: the device restarted, or a person has inspected the robot."""
        self.findings: list[GuardViolation] = []
        self.shares: dict[Guard, float] = {}
        self._found: set[Guard] = set()
        self._before: FastEstimate | None = None
        self._body = np.zeros(BODY + len(self._robot.feet))
        self._joints = np.zeros((JOINT_ROWS, self._robot.size))
        self._heard = {"gyro": -math.inf, "accelerometer": -math.inf}
        self._looked = -math.inf
        if self._legs is not None:
            self._legs.forget()
        self._ratio = 1.0
        self._driven = False

    def look(
        self, reading: FastEstimate, sample: SensorSample, told: JointCommand | None, rising: bool,
        gets_up: bool = False,
    ) -> None:
        """Compares a sample with itself and with the previous one.

        Args:
            reading: A valid reading.
            sample: The sample that it was made of.
            told: Command in force at the time of the measurement; None when that is not known.
            rising: Whether the robot is on its way up, so that nothing but the ground pushes it.
            gets_up: Whether it has fallen and is on its way up.
        """
        before, now = self._before, sample.task_time
        if not comparison.finite(sample.torque, sample.linear_acceleration, sample.foot_force):
            return
        if before is None or before.sample is None or now - before.task_time > LONGEST_GAP:
            self._before = reading
            self._begin(reading, sample)
            return
        seconds = now - before.task_time
        if seconds <= 0.0 or sample.sequence == before.sample.sequence:  # nothing new
            return
        self._before = reading
        force = self._mount @ sample.linear_acceleration if self._turned else sample.linear_acceleration
        if self._imu:
            self._listen(now, sample, before.sample)
            share = comparison.rest_on(reading.numbers, force, seconds, self._body, self._limits.gravity_error)
            self.shares[Guard.GRAVITY] = share
        self._compare_motion(reading, sample, before, told, seconds)
        if self._legs is not None:
            averages = sample.torque, force, sample.foot_force, seconds, self._body, self._joints
            comparison.average(reading.numbers, *averages)
            if self._driven and not self._looked <= now < self._looked + LEG_PERIOD:
                passed = min(max(now - self._looked, 0.0), 2 * LEG_PERIOD)
                self._looked = now
                self._judge(self._legs.look(self._body, self._joints, rising, passed, gets_up))
        if self.shares and max(self.shares.values()) > 1.0:
            self._name()

    def _compare_motion(
        self,
        reading: FastEstimate,
        sample: SensorSample,
        before: FastEstimate,
        told: JointCommand | None,
        seconds: float,
    ) -> None:
        """Comparisons made only while the robot is driven."""
        if told is not None and told.mode is _ACTIVE:
            self._compare_turn(reading, before, seconds)
            self._compare_joints(reading, sample, before, told, seconds)
            self._driven = True
        elif self._driven:
            self._leave_motion()
            self._driven = False

    def _leave_motion(self) -> None:
        """Resets the sums of motion: a damped robot hits the floor, and its joints their ends, between two samples."""
        body, joints = self._body, self._joints
        body[comparison.TURN : comparison.FORCE] = body[comparison.WAY : comparison.QUIET] = 0.0
        body[comparison.PASSED] = body[comparison.DRIVEN] = 0.0
        joints[DRIFT] = joints[MISFIT : LOAD + 1] = 0.0
        for guard in _OF_MOTION & self.shares.keys():
            self.shares[guard] = 0.0
        self._ratio = 1.0

    def _compare_turn(self, reading: FastEstimate, before: FastEstimate, seconds: float) -> None:
        """Compares the change of orientation with the gyro."""
        if not self._imu:
            return
        limits, body = self._limits, self._body
        share = comparison.integrate_turn(reading.numbers, before.numbers, seconds, body, limits.gyro_error)
        self._ratio = comparison.relate_turn(body)
        self.shares[Guard.GYRO] = max(share, (1.0 - self._ratio) / (1.0 - limits.gyro_ratio))

    def _compare_joints(
        self, reading: FastEstimate, sample: SensorSample, before: FastEstimate, told: JointCommand, seconds: float
    ) -> None:
        """Compares positions with velocities, and torques with commands."""
        limits, shares, numbers, joints = self._limits, self.shares, reading.numbers, self._joints
        if self._moves and seconds <= self._longest:
            share = comparison.integrate_joints(numbers, before.numbers, seconds, joints, limits.joint_error)
            shares[Guard.JOINT_MOTION] = share
        if not self._drives:
            return
        shares[Guard.DRIVE] = comparison.drive(
            numbers, sample.torque, told.q, told.kp, told.kd, self._effort, seconds,
            limits.drive_error, limits.drive_share, self._body, joints,
        )  # fmt: skip

    def _judge(self, found: list[Found]) -> None:
        """Takes the findings at the legs."""
        for guard in (Guard.LEG_FORCE, Guard.GROUND, Guard.FOOT_FORCE):
            self.shares[guard] = 0.0
        for guard, share, reason in found:
            self.shares[guard] = max(self.shares[guard], share)
            if share > 1.0:
                self._note(guard, reason)

    def _begin(self, reading: FastEstimate, sample: SensorSample) -> None:
        """Starts the averages from the measurement; sums interrupted by a gap restart."""
        self._body[:] = 0.0
        self._joints[:] = 0.0
        self._joints[PLACE], self._joints[TORQUE] = reading.position, sample.torque
        self._body[comparison.LEG_FORCE : comparison.LEG_FORCE + 3] = self._mount @ sample.linear_acceleration
        self._body[comparison.LEG_DOWN : comparison.LEG_DOWN + 3] = reading.gravity
        self._body[BODY:] = sample.foot_force
        self._heard = dict.fromkeys(self._heard, sample.task_time)

    def _listen(self, now: float, sample: SensorSample, before: SensorSample) -> None:
        """Notes a gyro or an accelerometer that repeats its value exactly while the joints change."""
        heard = self._heard
        if (sample.angular_velocity != before.angular_velocity).any():
            heard["gyro"] = now
        if (sample.linear_acceleration != before.linear_acceleration).any():
            heard["accelerometer"] = now
        if not (sample.position != before.position).any():  # the whole sample stands still, which is another fault
            self._heard = dict.fromkeys(heard, now)
            return
        limit = self._limits.imu_silence
        silence = now - min(heard.values())
        self.shares[Guard.IMU_SILENCE] = silence / limit
        if silence >= limit - _ROUNDING:
            names = " and ".join(name for name, time in heard.items() if now - time >= limit - _ROUNDING)
            reason = f"the {names} said the same to the last bit for {silence:.2f} s, limit {limit:g} s"
            self._note(Guard.IMU_SILENCE, reason)

    def _name(self) -> None:
        """Describes the comparison that is beyond its limit."""
        limits, shares, joints, names = self._limits, self.shares, self._joints, self._robot.joint_names
        if (share := shares.get(Guard.GYRO, 0.0)) > 1.0:
            if self._ratio < limits.gyro_ratio:
                told = f"the orientation changes by {self._ratio:.2f} of what the gyro says"
                self._note(Guard.GYRO, f"{told}, limit {limits.gyro_ratio:g}: an axis or a sign of the IMU is wrong")
            else:
                told = f"change of orientation and gyro differ by {share * limits.gyro_error:.2f} rad"
                self._note(Guard.GYRO, f"{told}, limit {limits.gyro_error:g} rad")
        if (share := shares.get(Guard.GRAVITY, 0.0)) > 1.0:
            angle, limit = share * limits.gravity_error, limits.gravity_error
            told = f"gravity by the accelerometer and by the orientation are {angle:.2f} rad apart, limit {limit:g} rad"
            self._note(Guard.GRAVITY, f"{told}: is the quaternion w-x-y-z, and the IMU aligned?")
        if shares.get(Guard.JOINT_MOTION, 0.0) > 1.0:
            worst = int(np.argmax(np.abs(joints[DRIFT])))
            told = f"{names[worst]} turned {joints[DRIFT, worst]:+.2f} rad further than its velocity says"
            self._note(Guard.JOINT_MOTION, f"{told}, limit {limits.joint_error:g} rad")
        if shares.get(Guard.DRIVE, 0.0) > 1.0:
            worst = int(np.argmax(np.abs(joints[MISFIT]) / (1.0 + joints[LOAD])))
            misfit = f"{names[worst]} gives {joints[MISFIT, worst]:+.1f} N·m more"
            told = f"{misfit} than its target and measured position ask for"
            allowed = f"{limits.drive_error:g} rad of gain and {limits.drive_share:.0%} of its torque"
            self._note(Guard.DRIVE, f"{told}, limit {allowed}: its zero, sign or drive is wrong")

    def _note(self, guard: Guard, reason: str) -> None:
        """Stores the first finding of a guard."""
        if guard not in self._found:
            self._found.add(guard)
            known = _REACTION | (_OF_HANDS if self._robot.fingertips else {})
            reaction = known.get(guard) or self._holds[guard in BY_IMU]
            self.findings.append(GuardViolation(guard, reaction, f"{reason}; waits for a reset"))
