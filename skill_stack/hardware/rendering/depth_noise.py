"""DepthNoise: error model of a stereo camera.

The disparity d = f b / z has a Gaussian error that neighbouring pixels share, and is quantised; so the error of the
depth grows with its square. Beside depth jumps one eye is occluded and nothing is measured. Surfaces seen at a grazing
angle have no texture to match.
"""

from __future__ import annotations

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
JUMP = 0.05
"""Share of the distance beyond which two neighbouring pixels belong to different surfaces."""


class DepthNoise:
    """Depth errors of one camera."""

    def __init__(self, camera: CameraSpec) -> None:
        """Takes the camera's description."""
        self._camera, self._errors = camera, camera.errors

    def __call__(self, depth: Array, rng: np.random.Generator) -> Array:
        """Measured depth.

        Args:
            depth: True depth, m, shape (height, width).
            rng: Where the noise comes from.

        Returns:
            float32, m, 0 where nothing is measured.
        """
        errors, camera = self._errors, self._camera
        depth = np.asarray(depth, np.float32)
        scale = camera.intrinsics.fx * errors.baseline
        raw = rng.standard_normal(depth.shape, np.float32) * np.float32(errors.subpixel)
        shared = 0.5 * (raw + np.roll(raw, 1, 1)) + 0.5 * (np.roll(raw, 1, 0) + np.roll(raw, (1, 1), (0, 1)))
        with np.errstate(divide="ignore", invalid="ignore"):
            disparity = np.float32(scale) / depth + shared  # four halves of independent values: the same deviation
            disparity = np.round(disparity / errors.step) * errors.step
            measured = np.where(disparity > 0, np.float32(scale) / disparity, 0.0)
        good = np.isfinite(measured) & (depth >= camera.near) & (depth <= camera.far)
        good &= ~_beside_jumps(depth, errors.edge) & ~_grazing(depth, camera.intrinsics, errors.steepest)
        return np.where(good, measured, 0.0).astype(np.float32)


def _beside_jumps(depth: Array, width: int) -> Array:
    """Pixels within ``width`` of a jump in depth, bool."""
    lost = np.zeros(depth.shape, bool)
    if not width:
        return lost
    across = np.abs(np.diff(depth, axis=1)) > JUMP * np.minimum(depth[:, 1:], depth[:, :-1])
    down = np.abs(np.diff(depth, axis=0)) > JUMP * np.minimum(depth[1:], depth[:-1])
    for here, there, jump in ((lost[:, 1:], lost[:, :-1], across), (lost[1:], lost[:-1], down)):
        here |= jump
        there |= jump
    for _ in range(width - 1):
        wider = lost.copy()
        wider[:, 1:] |= lost[:, :-1]
        wider[:, :-1] |= lost[:, 1:]
        wider[1:] |= lost[:-1]
        wider[:-1] |= lost[1:]
        lost = wider
    return lost


def _grazing(depth: Array, intrinsics: Intrinsics, steepest: float) -> Array:
    """Pixels whose surface is seen at too small an angle, bool."""
    if steepest <= 0:
        return np.zeros(depth.shape, bool)
    steep = np.sqrt(1 / steepest**2 - 1)
    across, down = (np.abs(np.gradient(depth, axis=axis)) for axis in (1, 0))
    return np.asarray(np.maximum(across * intrinsics.fx, down * intrinsics.fy) > steep * depth)
