"""AttitudeFilter: orientation from the gyro and the IMU's own orientation.

The error-state Kalman filter of an attitude (Solà 2017, "Quaternion kinematics for the error-state Kalman filter")
with one variance for all three axes.
"""

from __future__ import annotations

import math

from skill_stack.core.robots.estimation import PERIOD, EstimationSpec
from skill_stack.core.rotation import Quaternion

Vector = tuple[float, float, float]


class AttitudeFilter:
    """Smooths the orientation reported by an IMU.

    Attributes:
        orientation: Base orientation, w-x-y-z.
        variance: Of the rotation error about each axis, rad².
    """

    def __init__(self, spec: EstimationSpec) -> None:
        """Takes the noise."""
        self._drive = spec.gyro_noise**2 * PERIOD
        self._noise = spec.tilt_noise**2
        self.forget()

    def forget(self) -> None:
        """Restarts with the next measurement."""
        self.orientation: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self.variance = math.inf
        self._rate: Vector = (0.0, 0.0, 0.0)

    def update(self, measured: Quaternion, rate: Vector, seconds: float) -> Quaternion:
        """Takes a measurement.

        Args:
            measured: Base orientation as the IMU has it, w-x-y-z, of length 1.
            rate: Angular velocity in the base frame, rad/s.
            seconds: Time since the last one, s.
        """
        before, self._rate = self._rate, rate
        if not self.variance < 1.0:
            self.orientation, self.variance = measured, self._noise
            return measured
        # The mean of both ends' angular velocities turned it.
        half = 0.5 * seconds
        turned = turn(self.orientation, half * (before[0] + rate[0]), half * (before[1] + rate[1]),
                      half * (before[2] + rate[2]))  # fmt: skip
        often = max(PERIOD / seconds, 1.0) if seconds > 0.0 else 1.0
        variance = self.variance + self._drive * seconds
        gain = variance / (variance + often * self._noise)
        self.variance = (1.0 - gain) * variance
        w, x, y, z = turned
        p, q, r, s = measured
        # Vector part of conjugate(turned) * measured: half the rotation that is missing.
        sign = math.copysign(2.0 * gain, w * p + x * q + y * r + z * s)
        a, b, c = w * q - x * p - y * s + z * r, w * r + x * s - y * p - z * q, w * s - x * r + y * q - z * p
        self.orientation = turn(turned, sign * a, sign * b, sign * c)
        return self.orientation


def turn(orientation: Quaternion, a: float, b: float, c: float) -> Quaternion:
    """An orientation rotated by a small rotation vector in its own frame, rad; of length 1."""
    w, x, y, z = orientation
    a, b, c = 0.5 * a, 0.5 * b, 0.5 * c
    w, x, y, z = (
        w - x * a - y * b - z * c,
        x + w * a + y * c - z * b,
        y + w * b + z * a - x * c,
        z + w * c + x * b - y * a,
    )
    inverse = 1.0 / math.sqrt(w * w + x * x + y * y + z * z)
    return (w * inverse, x * inverse, y * inverse, z * inverse)


def matrix(orientation: Quaternion) -> tuple[Vector, Vector, Vector]:
    """Rows of the rotation matrix from the base frame to the world."""
    w, x, y, z = orientation
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )
