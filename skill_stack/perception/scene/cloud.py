"""Cloud: a look as an organised point cloud with normals, at reduced size.

All comparisons of neighbours use inverse depth: on a plane it is an affine function of the pixel at any slant, and the
error of a stereo camera is the same everywhere in it. So one threshold serves near and far.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics

Array = np.ndarray
WIDTH = 320
"""Columns to which larger looks are reduced."""
SAME = 1.04
"""Ratio of depths up to which merged pixels belong to one surface."""
WINDOW = 2
"""Pixels on each side over which a normal is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """An ordered cloud in the frame of the look, z up.

    Attributes:
        points: m, float32, shape (rows, columns, 3).
        normals: Unit vectors towards the camera, float32, same shape; 0 where none could be taken.
        valid: Where a depth was measured, bool, shape (rows, columns).
        inverse: Smoothed inverse depth, 1/m, float32; 0 where nothing was measured.
        depth: m, float32.
        colour: RGB, uint8, shape (rows, columns, 3).
        intrinsics: Of the reduced picture.
        eye: Where the camera was, m, shape (3,).
        rotation: From the optical frame to the frame of the points, shape (3, 3).
        doubt: Standard deviation of the inverse depth that the picture itself shows, 1/m.
    """

    points: Array
    normals: Array
    valid: Array
    inverse: Array
    depth: Array
    colour: Array
    intrinsics: Intrinsics
    eye: Array
    rotation: Array
    doubt: float

    def sigma(self, depth: Array) -> Array:
        """Standard deviation of a depth, m."""
        return np.asarray(self.doubt * np.square(depth))

    @property
    def areas(self) -> Array:
        """Surface area of each pixel, m², shape (rows, columns); 0 without a normal."""
        rays = self.eye - self.points
        facing = np.einsum("ijk,ijk->ij", rays, self.normals) / np.maximum(np.linalg.norm(rays, axis=2), 1e-6)
        flat = np.square(self.depth) / (self.intrinsics.fx * self.intrinsics.fy)
        return np.where(facing > 0.05, flat / np.maximum(facing, 0.05), 0.0)


def cloud_of(frame: CameraFrame) -> Cloud:
    """The cloud of a look whose depth is clean (see :func:`skill_stack.core.world.frame_faults.cleaned_depth`)."""
    step = max(1, frame.depth.shape[1] // WIDTH)
    depth, intrinsics = _reduced(frame.depth, step), frame.intrinsics
    small = intrinsics.every(step)
    rows, columns = depth.shape
    shift = (step - 1) / 2 / step  # the middle of the pixels that became one
    small = Intrinsics(columns, rows, small.fx, small.fy, small.cx - shift, small.cy - shift)
    valid = depth > 0
    inverse = np.where(valid, 1.0 / np.maximum(depth, 1e-6), 0.0).astype(np.float32)
    smooth = _mean(inverse, valid, 1)
    doubt = _doubt(inverse, smooth, valid)
    colour = cv2.resize(frame.colour, (columns, rows), interpolation=cv2.INTER_AREA) if step > 1 else frame.colour
    rays = _rays(small) @ frame.rotation.T.astype(np.float32)
    points = rays * depth[..., None] + frame.position.astype(np.float32)
    normals = _normals(smooth, valid, small, doubt) @ frame.rotation.T.astype(np.float32)
    return Cloud(points, normals, valid, smooth, depth, colour, small, frame.position, frame.rotation, doubt)


def _reduced(depth: Array, step: int) -> Array:
    """Every block of pixels as the mean of those on its nearest surface."""
    if step == 1:
        return np.asarray(depth, np.float32)
    rows, columns = (size // step * step for size in depth.shape)
    blocks = np.stack([depth[i:rows:step, j:columns:step] for i in range(min(step, 2)) for j in range(min(step, 2))])
    far = np.where(blocks > 0, blocks, np.float32(np.inf))
    nearest = far.min(axis=0)
    taken = far <= nearest * np.float32(SAME)
    mean = (blocks * taken).sum(axis=0) / np.maximum(taken.sum(axis=0), 1)
    return np.where(np.isfinite(nearest), mean, 0).astype(np.float32)


def _rays(intrinsics: Intrinsics) -> Array:
    """Directions of all pixels with z = 1, float32, shape (rows, columns, 3)."""
    x = (np.arange(intrinsics.width, dtype=np.float32) - intrinsics.cx) / intrinsics.fx
    y = (np.arange(intrinsics.height, dtype=np.float32) - intrinsics.cy) / intrinsics.fy
    out = np.ones((intrinsics.height, intrinsics.width, 3), np.float32)
    out[..., 0], out[..., 1] = x[None, :], y[:, None]
    return out


def _mean(values: Array, valid: Array, radius: int) -> Array:
    """Mean over a square of valid pixels of the same surface."""
    size = (2 * radius + 1, 2 * radius + 1)
    mask = valid.astype(np.float32)
    mean = cv2.blur(values, size) / np.maximum(cv2.blur(mask, size), 1e-6)
    same = valid & (np.abs(values - mean) < 0.03 * values)
    return np.where(same, mean, values).astype(np.float32)


def _doubt(inverse: Array, smooth: Array, valid: Array) -> float:
    """Noise of the inverse depth, from the change by smoothing; the median ignores edges."""
    off = np.abs(inverse - smooth)[::2, ::2][valid[::2, ::2]]
    if off.size < 50:
        return 0.004
    return max(1.4826 * float(np.median(off)) / math.sqrt(8 / 9), 2e-4)


def _normals(inverse: Array, valid: Array, intrinsics: Intrinsics, doubt: float) -> Array:
    """Normals towards the camera in the optical frame, from the slopes of the inverse depth.

    On the plane n·p = d the inverse depth is (n·ray)/d; so its slopes along rows and columns give n.
    """
    k = WINDOW
    ones = valid.astype(np.float32)
    column = np.arange(-k, k + 1, dtype=np.float32)
    across = cv2.filter2D(inverse, -1, np.tile(column, (2 * k + 1, 1)))
    down = cv2.filter2D(inverse, -1, np.tile(column[:, None], (1, 2 * k + 1)))
    scale = np.float32((2 * k + 1) * np.square(column).sum())
    whole = cv2.blur(ones, (2 * k + 1, 2 * k + 1)) > 0.999
    high, low = cv2.dilate(inverse, np.ones((3, 3))), cv2.erode(inverse, np.ones((3, 3)))
    smooth = cv2.blur(((high - low) > 0.06 * inverse + 6 * doubt).astype(np.float32), (3, 3)) < 1e-3
    a, b = across / scale, down / scale
    rays = _rays(intrinsics)
    n = np.stack([a * intrinsics.fx, b * intrinsics.fy, np.zeros_like(a)], axis=-1)
    n[..., 2] = inverse - n[..., 0] * rays[..., 0] - n[..., 1] * rays[..., 1]
    n = -n / np.maximum(np.linalg.norm(n, axis=2, keepdims=True), 1e-9)
    return np.where((whole & smooth & valid)[..., None], n, 0).astype(np.float32)
