"""Measurements of devices that measure only joints."""

from __future__ import annotations

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample

Array = np.ndarray

LEVEL, GRAVITY = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 9.81])
"""Placeholder orientation, w-x-y-z, and specific force, m/s², of a device without an IMU."""


def joint_sample(
    robot: RobotSpec, sequence: int, task_time: float, stamp: float, joints: Array, temperature: Array, valid: bool
) -> SensorSample:
    """A measurement without an IMU.

    Args:
        robot: The robot.
        sequence: Tick counter of the device.
        task_time: Task time of the measurement, s.
        stamp: Monotonic time of the measurement, s.
        joints: Positions, velocities and torques, rad, rad/s, N·m, shape (3, joints).
        temperature: °C, shape (joints,).
        valid: Whether the robot may be driven by it.

    Touch sensors that the robot declares say nothing, which a guard names: such a device reads none.
    """
    position, velocity, torque = np.array(joints)
    return SensorSample(
        sequence=sequence,
        task_time=task_time,
        stamp=stamp,
        position=position,
        velocity=velocity,
        torque=torque,
        orientation=LEVEL,
        angular_velocity=np.zeros(3),
        linear_acceleration=GRAVITY,
        temperature=temperature.copy(),
        foot_force=np.zeros(len(robot.feet)),
        valid=valid,
        touch=np.full(len(robot.sensors.touch), np.nan),
    )
