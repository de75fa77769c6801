"""SampleFormat: a SensorSample as one vector of floats, which a device fills and shared memory copies at once."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from skill_stack.core.dataclass_factory import fast_constructor
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import Odometry, SensorSample, TrackedPose

Array = np.ndarray


class Measurement(NamedTuple):
    """A sample as numbers; see :class:`skill_stack.core.sensor_sample.SensorSample` for their meaning.

    Attributes:
        sequence: Tick counter of the device.
        valid: Whether the device trusts it.
        has_odometry: Whether the device has an odometry sensor.
        task_time: s.
        stamp: Monotonic time, s.
        battery: State of charge, 0 to 1.
        yaw: Heading by odometry, rad.
        yaw_rate: Yaw rate by odometry, rad/s.
        vector: The arrays, one after the other as in :class:`SampleFormat`.
    """

    sequence: int
    valid: bool
    has_odometry: bool
    task_time: float
    stamp: float
    battery: float
    yaw: float
    yaw_rate: float
    vector: Array


class SampleFormat:
    """Slices of each array in the vector; the attributes are named and ordered as here.

    Attributes:
        position: Joint positions.
        velocity: Joint velocities.
        torque: Joint torques.
        temperature: Winding temperatures.
        orientation: Orientation of the IMU.
        angular_velocity: Angular velocity.
        linear_acceleration: Specific force.
        foot_force: Force on the feet.
        odometry_position: Position by odometry.
        odometry_linear: Velocity by odometry.
        tracked: Task time of the tracker's last look, position and orientation of the object, where the robot has a
            tracker, else nothing; the orientation is zero while it has seen nothing.
        touch: Touch sensors.
        size: Length of the vector.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Computes the slices for a robot."""
        joints, feet, tracked = robot.size, len(robot.feet), 8 if robot.sensors.tracker else 0
        touch = len(robot.sensors.touch)
        ends = np.cumsum([0, joints, joints, joints, joints, 4, 3, 3, feet, 3, 3, tracked, touch]).tolist()
        cuts = [slice(begin, end) for begin, end in pairwise(ends)]
        self.position, self.velocity, self.torque, self.temperature = cuts[:4]
        self.orientation, self.angular_velocity, self.linear_acceleration, self.foot_force = cuts[4:8]
        self.odometry_position, self.odometry_linear, self.tracked, self.touch = cuts[8:]
        self._tracks = robot.sensors.tracker is not None
        self.size = int(ends[-1])

    def fill(self, sample: SensorSample, vector: Array) -> Measurement:
        """Writes a sample into a vector.

        Args:
            sample: The sample.
            vector: Receives the arrays, shape (size,).

        Returns:
            The measurement, with that vector.
        """
        s, odometry = sample, sample.odometry
        position, linear = (odometry.position, odometry.linear) if odometry else (_ZERO, _ZERO)
        yaw, yaw_rate = (odometry.yaw, odometry.angular) if odometry else (0.0, 0.0)
        np.concatenate(
            (s.position, s.velocity, s.torque, s.temperature, s.orientation, s.angular_velocity)
            + (s.linear_acceleration, s.foot_force, position, linear),
            out=vector[: self.tracked.start],
        )
        if self._tracks:
            seen = s.tracked
            vector[self.tracked] = 0.0 if seen is None else (seen.task_time, *seen.position, *seen.orientation)
        vector[self.touch] = s.touch if np.size(s.touch) else np.nan  # a driver that reads none
        has_odometry = odometry is not None
        return Measurement(s.sequence, s.valid, has_odometry, s.task_time, s.stamp, s.battery, yaw, yaw_rate, vector)

    def sample(self, measurement: Measurement) -> SensorSample:
        """The sample of a vector; its arrays are views."""
        sequence, valid, has_odometry, task_time, stamp, battery, yaw, yaw_rate, v = measurement
        odometry = None
        if has_odometry:
            odometry = _quick_odometry(v[self.odometry_position], yaw, v[self.odometry_linear], yaw_rate)
        return _quick_sample(
            sequence, task_time, stamp,
            v[self.position], v[self.velocity], v[self.torque],
            v[self.orientation], v[self.angular_velocity], v[self.linear_acceleration],
            v[self.temperature], v[self.foot_force],
            battery, odometry, valid, self._seen(v) if self._tracks else None, v[self.touch],
        )  # fmt: skip

    def _seen(self, vector: Array) -> TrackedPose | None:
        row = vector[self.tracked]
        return TrackedPose(float(row[0]), row[1:4], row[4:8]) if row[4:8].any() else None


_ZERO = np.zeros(3)
_quick_sample, _quick_odometry = fast_constructor(SensorSample), fast_constructor(Odometry)
