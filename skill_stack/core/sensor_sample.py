"""SensorSample: what the device measured in one cycle."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray

NOTHING = np.zeros(0)
"""Values of sensors that a robot does not have."""


@dataclass(frozen=True, slots=True)
class Odometry:
    """What a declared odometry sensor reports: pose in the ``odom`` frame, velocity in the base frame. It drifts.

    Attributes:
        position: Base position in ``odom``, m, shape (3,).
        yaw: Base heading in ``odom``, rad.
        linear: Base linear velocity in the base frame, m/s, shape (3,).
        angular: Base yaw rate, rad/s.
    """

    position: Array
    yaw: float
    linear: Array
    angular: float


@dataclass(frozen=True, slots=True)
class TrackedPose:
    """Last tracked pose of an object by a declared tracker, in the base frame of the robot.

    Attributes:
        task_time: Task time of the look, s.
        position: m, shape (3,).
        orientation: w-x-y-z, shape (4,).
    """

    task_time: float
    position: Array
    orientation: Array


@dataclass(frozen=True, slots=True)
class SensorSample:
    """One measurement of the whole device, ordered by ``RobotSpec.joints``.

    Attributes:
        sequence: Tick counter of the device; the same number twice means that nothing new was measured.
        task_time: Task time of the measurement, s (simulated time in simulation).
        stamp: Monotonic time of the measurement, s.
        position: Joint positions, rad, shape (joints,).
        velocity: Joint velocities, rad/s, shape (joints,).
        torque: Joint torques as the drive reports them, N·m, shape (joints,).
        orientation: Orientation of the IMU in the world, w-x-y-z, shape (4,).
        angular_velocity: Angular velocity in the IMU frame, rad/s, shape (3,).
        linear_acceleration: Specific force in the IMU frame, m/s², shape (3,).
        temperature: Motor winding temperatures, °C, shape (joints,).
        foot_force: Force on each foot as its sensor reports it, N, shape (feet,).
        battery: State of charge, 0 to 1.
        odometry: The odometry sensor's report, or None where the device has none.
        valid: False when the device itself reports that the measurement cannot be trusted.
        tracked: What the tracker reports, or None where there is none or it has seen nothing yet.
        touch: What the touch sensors report, N or 1, shape (sensors,); NaN for one that says nothing.
    """

    sequence: int
    task_time: float
    stamp: float
    position: Array
    velocity: Array
    torque: Array
    orientation: Array
    angular_velocity: Array
    linear_acceleration: Array
    temperature: Array
    foot_force: Array
    battery: float = 1.0
    odometry: Odometry | None = None
    valid: bool = True
    tracked: TrackedPose | None = None
    touch: Array = field(default_factory=lambda: NOTHING)

    def task_time_at(self, monotonic: float) -> float:
        """Task time at a later moment, s, extrapolated from this sample.

        Args:
            monotonic: That moment in monotonic time, s.
        """
        return self.task_time + max(monotonic - self.stamp, 0.0)
