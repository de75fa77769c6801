"""Cloud: a look as an organised point cloud with normals, at reduced size.

All comparisons of neighbours use inverse depth: on a plane it is an affine function of the pixel at any slant, and the
error of a stereo camera is the same everywhere in it. So one threshold serves near and far.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
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
        """Surface area of each pixel, m², float32, shape (rows, columns); 0 without a normal."""
        rays = [np.float32(at) - self.points[..., axis] for axis, at in enumerate(self.eye)]
        along = sum(ray * self.normals[..., axis] for axis, ray in enumerate(rays))
        facing = along / np.maximum(np.sqrt(sum(map(np.square, rays))), np.float32(1e-6))
        flat = np.square(self.depth) / np.float32(self.intrinsics.fx * self.intrinsics.fy)
        return np.where(facing > 0.05, flat / np.maximum(facing, np.float32(0.05)), np.float32(0))


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
    rays = turned(rays_of(small), frame.rotation)
    points = _planes((rays[..., axis] * depth + np.float32(frame.position[axis]) for axis in range(3)), depth.shape)
    normals = turned(_normals(smooth, valid, small, doubt), frame.rotation)
    return Cloud(points, normals, valid, smooth, depth, colour, small, frame.position, frame.rotation, doubt)


def turned(vectors: Array, rotation: Array) -> Array:
    """Vectors of all pixels turned by a rotation, float32, shape (rows, columns, 3)."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return _planes((x * a + y * b + z * c for a, b, c in np.asarray(rotation, np.float32)), x.shape)


def _planes(parts: Iterable[Array], shape: tuple[int, ...]) -> Array:
    """Three parts as one array, shape (rows, columns, 3), in which each part is in one piece of memory.

    Most steps work on one part of all pixels; they are several times faster so.
    """
    planes = np.empty((3, *shape), np.float32)
    for plane, part in zip(planes, parts):
        plane[:] = part
    return np.moveaxis(planes, 0, -1)


def _reduced(depth: Array, step: int) -> Array:
    """Every block of pixels as the mean of those on its nearest surface."""
    if step == 1:
        return np.asarray(depth, np.float32)
    rows, columns = (size // step * step for size in depth.shape)
    blocks = [depth[i:rows:step, j:columns:step] for i in range(min(step, 2)) for j in range(min(step, 2))]
    far = [np.where(block > 0, block, np.float32(np.inf)) for block in map(np.ascontiguousarray, blocks)]
    nearest = functools.reduce(np.minimum, far)
    limit = np.where(np.isfinite(nearest), nearest * np.float32(SAME), np.float32(0))
    total, count = np.zeros_like(nearest), np.zeros(nearest.shape, np.uint8)
    for block in far:
        taken = block <= limit
        total += np.where(taken, block, np.float32(0))
        count += taken.view(np.uint8)
    return np.asarray(total / np.maximum(count, 1).astype(np.float32))


@functools.lru_cache(maxsize=8)
def rays_of(intrinsics: Intrinsics) -> Array:
    """Directions of all pixels with z = 1, float32, shape (rows, columns, 3)."""
    x = (np.arange(intrinsics.width, dtype=np.float32) - intrinsics.cx) / intrinsics.fx
    y = (np.arange(intrinsics.height, dtype=np.float32) - intrinsics.cy) / intrinsics.fy
    across, down = np.meshgrid(x, y)
    rays = _planes((across, down, np.ones_like(across)), across.shape)
    rays.flags.writeable = False
    return np.asarray(rays)


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
    size = (2 * WINDOW + 1, 2 * WINDOW + 1)
    column = np.arange(-WINDOW, WINDOW + 1, dtype=np.float32)
    ones = np.ones_like(column)
    scale = np.float32(len(column) * np.square(column).sum())
    across = cv2.sepFilter2D(inverse, -1, column, ones) * np.float32(intrinsics.fx / scale)
    down = cv2.sepFilter2D(inverse, -1, ones, column) * np.float32(intrinsics.fy / scale)
    whole = cv2.erode(valid.astype(np.uint8), np.ones(size, np.uint8)) > 0
    high, low = cv2.dilate(inverse, np.ones((3, 3))), cv2.erode(inverse, np.ones((3, 3)))
    steps = (high - low) > np.float32(0.06) * inverse + np.float32(6 * doubt)
    smooth = cv2.dilate(steps.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    rays = rays_of(intrinsics)
    ahead = inverse - across * rays[..., 0] - down * rays[..., 1]
    length = np.sqrt(across * across + down * down + ahead * ahead)
    shorten = np.where(whole & smooth, np.float32(-1) / np.maximum(length, np.float32(1e-9)), np.float32(0))
    return _planes((part * shorten for part in (across, down, ahead)), length.shape)
