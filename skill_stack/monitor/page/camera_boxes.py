"""Boxes around things in a camera's picture."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.scene import SceneObject
from skill_stack.monitor.link_transform import LinkTransform, rotate

_SMALLEST = 0.01  # share of the picture's side below which a box is none
_NEAREST = 0.05  # m ahead of the camera


def boxes_of(things: Iterable[SceneObject], camera: CameraSpec, base: LinkTransform) -> list[dict[str, Any]]:
    """Where things are in the picture of a camera on a robot.

    Args:
        things: In ``map``; walls and places have no box.
        camera: The camera.
        base: Pose of the base in ``map`` when the picture was taken.

    Returns:
        Name, confidence, and left, top, right, bottom as shares of the picture, nearest thing first.
    """
    turn = np.column_stack([rotate(base.rotation, axis) for axis in ((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0))])
    eye = np.array(base.translation) + turn @ np.array(camera.xyz)
    axes = turn @ camera.rotation
    found = []
    for thing in things:
        if thing.kind == "wall" or thing.shape == "point":
            continue
        corners = (_corners(thing) - eye) @ axes
        if np.min(corners[:, 2]) < _NEAREST:
            continue
        pixels = camera.intrinsics.project(corners) / (camera.width, camera.height)
        left, top = np.clip(pixels.min(axis=0), 0.0, 1.0)
        right, bottom = np.clip(pixels.max(axis=0), 0.0, 1.0)
        if min(right - left, bottom - top) < _SMALLEST:
            continue
        box = [round(float(one), 3) for one in (left, top, right, bottom)]
        reach = float(np.min(corners[:, 2]))
        found.append((reach, {"name": thing.label, "confidence": round(thing.confidence, 2), "box": box}))
    return [shown for _, shown in sorted(found, key=lambda one: one[0])]


def _corners(thing: SceneObject) -> np.ndarray:
    """The corners of a thing's box in ``map``, m, shape (8, 3)."""
    x, y, z = (np.array(list(itertools.product((-0.5, 0.5), repeat=3))) * np.array(thing.size)).T
    cos, sin = np.cos(thing.yaw), np.sin(thing.yaw)
    return np.column_stack([cos * x - sin * y, sin * x + cos * y, z]) + np.array(thing.position)
