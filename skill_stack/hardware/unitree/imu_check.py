"""Checks of the IMU's quaternion: order of its elements, and agreement with gravity."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.rotation import gravity_in_base

Array = np.ndarray

LARGEST_TURN = 0.3
"""Angle between the quaternion and the robot's own angles beyond which they disagree, rad."""
LARGEST_TILT = 0.5
"""Angle between gravity by the quaternion and by the accelerometer of a resting robot, rad."""
GRAVITY, STILL = (9.0, 10.6), 0.3  # m/s² and rad/s of a robot at rest


def imu_trouble(orientation: Array, angles: Array, force: Array, turning: Array) -> str:
    """What is wrong with an orientation, in words, or an empty string.

    Args:
        orientation: Quaternion, taken as w-x-y-z, shape (4,).
        angles: Roll, pitch and yaw by the robot, rad, shape (3,); zeros when it does not work them out.
        force: Specific force in the IMU frame, m/s², shape (3,).
        turning: Angular velocity, rad/s, shape (3,).
    """
    norm = float(np.linalg.norm(orientation))
    if not abs(norm - 1.0) < 0.05:
        return f"the orientation has the length {norm:.2f} instead of 1"
    if np.any(angles):
        turn = 2 * math.acos(min(1.0, abs(float(orientation @ _from_angles(angles))) / norm))
        if turn > LARGEST_TURN:
            return f"orientation and roll-pitch-yaw differ by {turn:.2f} rad: is the quaternion w-x-y-z?"
    strength = float(np.linalg.norm(force))
    if GRAVITY[0] < strength < GRAVITY[1] and float(np.linalg.norm(turning)) < STILL:
        along = -float(gravity_in_base(orientation / norm) @ force) / strength
        tilt = math.acos(max(-1.0, min(1.0, along)))
        if tilt > LARGEST_TILT:
            return f"orientation and gravity differ by {tilt:.2f} rad: is the quaternion w-x-y-z, and the IMU aligned?"
    return ""


def _from_angles(angles: Array) -> Array:
    """Quaternion w-x-y-z of roll, pitch and yaw."""
    (cr, cp, cy), (sr, sp, sy) = np.cos(angles / 2), np.sin(angles / 2)
    return np.array([
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    ])  # fmt: skip
