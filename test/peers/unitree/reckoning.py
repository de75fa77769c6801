"""The built-in controller's own estimate of where it is: legs and IMU added up, each a little wrong."""

from __future__ import annotations

import math

import numpy as np
from unitree.body import Body
from unitree.messages_go import ImuState, SportModeState, blank_sport_state

from skill_stack.core.rotation import rotate_inverse, yaw_of
from skill_stack.hardware.mujoco.odometry_sensor import OdometrySensor

PERIOD = 0.02  # s
VELOCITY_NOISE = 0.03  # m/s
# Errors of the way are those that the robot's description declares for odometry; a real Go2's are not published.


class Reckoning:
    """Its world begins where it is switched on, and has the heading of the IMU."""

    def __init__(self, body: Body, rng: np.random.Generator) -> None:
        """Draws its errors.

        Args:
            body: The body that it estimates.
            rng: Source of chance.
        """
        self._body, self._rng = body, rng
        self._sensor = OdometrySensor(body.robot.sensors, 1.0, rng)
        self._begun: float | None = None

    def report(self, imu: ImuState) -> SportModeState:
        """What it says now; to be called every ``PERIOD``.

        Args:
            imu: What the IMU says.
        """
        truth, sensor = self._body.truth(), self._sensor
        yaw = yaw_of(truth.orientation)
        self._begun = yaw_of(np.array(imu.quaternion)) if self._begun is None else self._begun
        wander = self._rng.normal(0.0, self._body.robot.sensors.odometry_walk, 2).tolist()
        sensor.move(*truth.position[:2].tolist(), yaw, PERIOD, (wander[0], wander[1]))
        state = blank_sport_state(imu)
        c, s = math.cos(self._begun), math.sin(self._begun)
        height = float(truth.position[2]) * sensor.height_scale
        state.position = [c * sensor.x - s * sensor.y, s * sensor.x + c * sensor.y, height]
        velocity = rotate_inverse(truth.orientation * np.array([1.0, -1.0, -1.0, -1.0]), truth.linear)
        velocity += self._rng.normal(0.0, VELOCITY_NOISE, 3)
        turned = self._begun + sensor.yaw - yaw  # the true world as the estimate has it
        c, s = math.cos(turned), math.sin(turned)
        state.velocity = [c * velocity[0] - s * velocity[1], s * velocity[0] + c * velocity[1], velocity[2]]
        state.body_height = height
        state.yaw_speed = float(imu.gyroscope[2])
        state.stamp.sec, state.stamp.nanosec = int(self._body.time), int(1e9 * (self._body.time % 1.0))
        return state
