"""Corrects the camera's height and tilt by the seen floor, which is more accurate than legs and gyroscope."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skill_stack.perception.scene.cloud import Cloud, turned
from skill_stack.perception.scene.support_planes import SupportPlane

Array = np.ndarray
LEAST_FLOOR = 0.25  # m² that must be seen


def levelled(cloud: Cloud, supports: list[SupportPlane]) -> tuple[Cloud, list[SupportPlane]]:
    """The look with its floor level at height 0; unchanged where no floor is seen.

    The turn is about the camera; what it changes in the plane is what the tilt had changed.
    """
    floor = next((one for one in supports if one.floor and one.area >= LEAST_FLOOR), None)
    if floor is None:
        return cloud, supports
    a, b, c = floor.slopes
    up = np.array([-a, -b, 1.0]) / np.sqrt(a * a + b * b + 1)
    turn = _turn_to_up(up)
    height = float((cloud.eye[2] - floor.height(cloud.eye[0], cloud.eye[1])) * up[2])
    eye = np.array([cloud.eye[0], cloud.eye[1], height])
    shift = (eye - turn @ cloud.eye).astype(np.float32)
    points = turned(cloud.points, turn)
    points += shift
    changed = replace(
        cloud,
        points=points,
        normals=turned(cloud.normals, turn),
        eye=eye,
        rotation=turn @ cloud.rotation,
    )
    return changed, [_turned(one, turn, cloud.eye, eye) for one in supports]


def _turn_to_up(up: Array) -> Array:
    """The smallest rotation that takes a direction to the vertical, shape (3, 3)."""
    axis = np.array([up[1], -up[0], 0.0])  # up x z
    c = float(up[2])
    k = np.array([[0, 0, axis[1]], [0, 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + k + k @ k / (1 + c))


def _turned(plane: SupportPlane, turn: Array, before: Array, after: Array) -> SupportPlane:
    a, b, c = plane.slopes
    normal = turn @ np.array([-a, -b, 1.0])
    point = turn @ (np.array([before[0], before[1], a * before[0] + b * before[1] + c]) - before) + after
    a, b = -normal[0] / normal[2], -normal[1] / normal[2]
    return replace(plane, slopes=(float(a), float(b), float(point[2] - a * point[0] - b * point[1])))
