"""Grasps drawn into the picture, for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.gripper import Gripper
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.perception.grasps.grasp import Grasp

Array = np.ndarray


def drawn(frame: CameraFrame, grasps: Sequence[Grasp], gripper: Gripper) -> Array:
    """The picture with each grasp as a fork, the best in green.

    Args:
        frame: The look.
        grasps: The best first.
        gripper: What grasps.

    Returns:
        RGB, uint8, as large as the look.
    """
    picture = frame.colour.copy()
    for number, grasp in reversed(list(enumerate(grasps))):
        half, base = grasp.opening / 2, gripper.tip - gripper.finger[2]
        tips = [(0, side * half, z) for side in (-1, 1) for z in (gripper.tip, base)]
        fork = np.array([tips[0], tips[1], (0, 0, base), (0, 0, base - 0.04), (0, 0, base), tips[3], tips[2]])
        pixels = frame.intrinsics.project(frame.into_camera(fork @ grasp.rotation.T + grasp.position))
        if not np.isfinite(pixels).all():
            continue
        paint = (20, 220, 20) if number == 0 else (250, 180, 20)
        line = np.round(pixels).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(picture, [line], False, paint, 2, cv2.LINE_AA)
    return picture


def save_picture(path: Path, picture: Array) -> None:
    """Writes an RGB picture; raises DataError when it cannot be written."""
    try:
        done = cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    except cv2.error as error:
        raise DataError(f"{path}: {str(error).strip().splitlines()[-1]}; a name such as grasps.png works") from error
    if not done:
        raise DataError(f"{path}: cannot be written")
