"""Bench: drives a robot for a few seconds with small commands, records it, and damps on any unexpected motion."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.joint_command import JointCommand, damping
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample

Array = np.ndarray
MakeCommand = Callable[[SensorSample, float], JointCommand]
"""Command for a sample and the time since the beginning, s."""

SILENCE = 0.5
"""Time without a new measurement after which a run ends, s."""
FASTEST = 4.0
"""Joint speed at which a run ends, rad/s: ten times what is ever commanded here."""


class RunAway(SkillStackError):
    """The robot moved unexpectedly, and was damped; the message states how.

    Attributes:
        joint: The joint that did it, or an empty string.
    """

    def __init__(self, text: str, joint: str = "") -> None:
        """Takes the text and the joint."""
        super().__init__(text)
        self.joint = joint


@dataclass(frozen=True, slots=True)
class CheckupRecording:
    """Measurements of a run; all arrays have one row per control period.

    Attributes:
        time: Since the beginning, s, shape (n,).
        position: rad, shape (n, joints).
        torque: N·m, shape (n, joints).
        orientation: Of the IMU, w-x-y-z, shape (n, 4).
        angular_velocity: In the IMU frame, rad/s, shape (n, 3).
        linear_acceleration: Specific force in the IMU frame, m/s², shape (n, 3).
        fresh: Whether a row is a new measurement, shape (n,).
        age: Age of the measurement, s, shape (n,).
        last: The last sample.
    """

    time: Array
    position: Array
    torque: Array
    orientation: Array
    angular_velocity: Array
    linear_acceleration: Array
    fresh: Array
    age: Array
    last: SensorSample


class Bench:
    """One robot on the bench. Between runs it gets no commands; :meth:`release` leaves it damped."""

    def __init__(
        self, robot: RobotSpec, driver: Hardware, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        """Takes the robot.

        Args:
            robot: The robot.
            driver: Its driver.
            clock: Monotonic time, s.
            sleep: Waits for so many seconds.
        """
        self.robot = robot
        self._driver = driver
        self._clock, self._sleep = clock, sleep
        self._damp_kd = robot.column("damp_kd")

    @property
    def imu(self) -> bool:
        """Whether the device measures its orientation."""
        return self._driver.capabilities.imu

    def wait(self, ready: Callable[[], bool], patience: float) -> None:
        """Reads, which lets the driver start up, until a condition holds.

        Args:
            ready: What is waited for.
            patience: Longest wait, s.

        Raises:
            RunAway: It did not become so.
        """
        end = self._clock() + patience
        while not ready():
            if self._clock() >= end:
                raise RunAway(f"it did not start up within {patience:g} s")
            self._driver.read()
            self._sleep(1.0 / self.robot.control_rate)

    def read(self, seconds: float, rate: float | None = None) -> CheckupRecording:
        """Records without commanding anything.

        Args:
            seconds: How long.
            rate: Measurements per second, Hz; None for the control rate.

        Raises:
            RunAway: There were no measurements.
        """
        return self._run(seconds, rate or self.robot.control_rate, None, None)

    def run(self, seconds: float, make: MakeCommand, near: tuple[Array, float] | None = None) -> CheckupRecording:
        """Commands and records; afterwards, and on any error, the robot is damped.

        Args:
            seconds: How long.
            make: Makes the command of each period.
            near: Joint positions, rad, and how far a joint may move away from them; None for anywhere.

        Raises:
            RunAway: A joint left, or there were no measurements.
        """
        try:
            return self._run(seconds, self.robot.control_rate, make, near)
        finally:
            self._driver.damp()

    def rest(self, seconds: float) -> CheckupRecording:
        """Damps and records."""
        return self.run(seconds, lambda sample, _: damping(sample.position, self._damp_kd))

    def release(self) -> None:
        """Leaves the robot damped."""
        self._driver.close()

    def _run(
        self, seconds: float, rate: float, make: MakeCommand | None, near: tuple[Array, float] | None
    ) -> CheckupRecording:
        begin = heard = deadline = self._clock()
        rows: list[tuple[float, SensorSample, bool, float]] = []
        last: SensorSample | None = None
        for number in range(max(1, round(seconds * rate))):
            sample, now = self._driver.read(), self._clock()
            fresh = sample is not None and (last is None or sample.sequence != last.sequence)
            heard = now if fresh else heard
            if now - heard > SILENCE:
                raise RunAway(f"no new measurement for {now - heard:.1f} s")
            if sample is not None:
                rows.append((now - begin, sample, fresh, now - sample.stamp))
                last = sample
                if make is not None:
                    self._check(sample, near)
                    self._driver.write(dataclasses.replace(make(sample, now - begin), sequence=number))
            deadline += 1.0 / rate
            self._sleep(max(0.0, deadline - self._clock()))
        if last is None:
            raise RunAway(f"no measurement within {seconds:g} s")
        return _recording(rows, last)

    def _check(self, sample: SensorSample, near: tuple[Array, float] | None) -> None:
        if not np.isfinite(sample.position).all():
            raise RunAway("a joint position is not a number")
        fastest = int(np.argmax(np.abs(sample.velocity)))
        if abs(sample.velocity[fastest]) > FASTEST:
            name = self.robot.joint_names[fastest]
            raise RunAway(f"{name} moves at {sample.velocity[fastest]:.1f} rad/s", name)
        if near is not None:
            away = np.abs(sample.position - near[0])
            worst = int(np.argmax(away))
            if away[worst] > near[1]:
                name = self.robot.joint_names[worst]
                raise RunAway(f"{name} went {away[worst]:.2f} rad away from where it was, {near[1]:g} allowed", name)


def _recording(rows: list[tuple[float, SensorSample, bool, float]], last: SensorSample) -> CheckupRecording:
    samples = [sample for _, sample, _, _ in rows]
    return CheckupRecording(
        time=np.array([time for time, _, _, _ in rows]),
        position=np.array([sample.position for sample in samples]),
        torque=np.array([sample.torque for sample in samples]),
        orientation=np.array([sample.orientation for sample in samples]),
        angular_velocity=np.array([sample.angular_velocity for sample in samples]),
        linear_acceleration=np.array([sample.linear_acceleration for sample in samples]),
        fresh=np.array([fresh for _, _, fresh, _ in rows]),
        age=np.array([age for _, _, _, age in rows]),
        last=last,
    )
