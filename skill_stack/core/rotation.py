"""Rotations needed by the control loop at every tick; quaternions are w-x-y-z.

Other code uses scipy or pinocchio, whose call overhead would exceed the arithmetic here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Array = np.ndarray
Quaternion = tuple[float, float, float, float]


def gravity_in_base(orientation: Array) -> Array:
    """Unit vector of gravity in the base frame.

    Args:
        orientation: Base orientation, w-x-y-z, shape (..., 4).

    Returns:
        Shape (..., 3); (0, 0, -1) when upright.
    """
    orientation = np.asarray(orientation)
    if orientation.ndim == 1:  # one robot: plain arithmetic costs a tenth of the numpy calls
        w, x, y, z = orientation.tolist()
        return np.array((-2 * (x * z - w * y), -2 * (y * z + w * x), -(1 - 2 * (x * x + y * y))))
    w, x, y, z = np.moveaxis(orientation, -1, 0)
    return np.stack([-2 * (x * z - w * y), -2 * (y * z + w * x), -(1 - 2 * (x * x + y * y))], axis=-1)


def rotate_inverse(orientation: Array, vector: Array) -> Array:
    """Expresses a world vector in the body frame.

    Args:
        orientation: Body orientation, w-x-y-z, shape (..., 4).
        vector: Vector in the world frame, shape (..., 3).

    Returns:
        The vector in the body frame, shape (..., 3).
    """
    if orientation.ndim == vector.ndim == 1:  # one robot: plain arithmetic costs a tenth of the numpy calls
        return np.array(into_body(orientation.tolist(), vector.tolist()))
    w, v = orientation[..., :1], -orientation[..., 1:]
    t = 2 * np.cross(v, vector)
    return vector + w * t + np.cross(v, t)


def into_body(orientation: Sequence[float], vector: Sequence[float]) -> tuple[float, float, float]:
    """The same for one orientation and one vector, as plain numbers."""
    (w, x, y, z), (a, b, c) = orientation, vector
    p, q, r = 2 * (z * b - y * c), 2 * (x * c - z * a), 2 * (y * a - x * b)
    return a + w * p + z * q - y * r, b + w * q + x * r - z * p, c + w * r + y * p - x * q


def multiply(a: Quaternion, b: Quaternion) -> Quaternion:
    """The rotation ``b`` followed by ``a``; w-x-y-z."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def yaw_of(orientation: Array | Quaternion) -> float:
    """Heading of an orientation, w-x-y-z, rad."""
    w, x, y, z = (float(value) for value in orientation)
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def headings_of(orientations: Array) -> Array:
    """Headings of orientations, w-x-y-z, shape (..., 4): rad, shape (...)."""
    w, x, y, z = np.moveaxis(orientations, -1, 0)
    return np.asarray(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))


def tilt_of(orientation: Array) -> Array:
    """Angle between a body's z axis and up, rad, shape (...); orientation w-x-y-z, shape (..., 4)."""
    _, x, y, _ = np.moveaxis(orientation, -1, 0)
    return np.asarray(np.arccos(np.clip(1.0 - 2.0 * (x * x + y * y), -1.0, 1.0)))


def from_yaw(yaw: float) -> Array:
    """Quaternion of a pure heading, w-x-y-z, shape (4,)."""
    return np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])


def wrap_angle(angle: float) -> float:
    """The same angle within (-pi, pi]."""
    return -((math.pi - angle) % (2 * math.pi) - math.pi)
