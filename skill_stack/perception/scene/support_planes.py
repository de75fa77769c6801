"""Planes that carry things: the floor, tables, shelves, steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skill_stack.perception.scene.cloud import Cloud

Array = np.ndarray
LEVEL = math.cos(math.radians(20.0))
"""Upward part of a normal from which a surface counts as level."""
SLANT = math.tan(math.radians(6.0))
"""Steepest support, and largest error of the camera's tilt."""
BIN = 0.01  # m of height
LEAST_AREA = 0.06  # m² of a plane that is seen
TABLE_AREA = 0.10  # m² that a connected part of a plane above the floor must show
THICK = 0.008  # m: what lies closer to a plane than this is of it
FITTED = 12_000
"""Pixels among which those of a plane are looked for; of more, some are left out evenly."""
MOST = 5
FLOOR_ERROR = 0.15  # m: how far the lowest plane may be from height 0 and still be the floor


@dataclass(frozen=True, slots=True, eq=False)
class SupportPlane:
    """A plane z = a x + b y + c.

    Attributes:
        slopes: a, b and c.
        area: What is seen of it, m².
        floor: Whether it is the floor.
        mask: Its pixels, bool, shape (rows, columns).
    """

    slopes: tuple[float, float, float]
    area: float
    floor: bool
    mask: Array

    def height(self, x: Array | float, y: Array | float) -> Array:
        """Height at places, m."""
        a, b, c = self.slopes
        return np.asarray(a * np.asarray(x) + b * np.asarray(y) + c)


def find_supports(cloud: Cloud) -> list[SupportPlane]:
    """Support planes, the lowest first.

    The highest peak of a histogram of heights, weighed by the surface that pixels show, is a plane; it is fitted, its
    pixels are taken away, and the next one is looked for.
    """
    level = (cloud.normals[..., 2] > LEVEL) & cloud.valid
    areas = np.where(level, cloud.areas, np.float32(0))
    slack, upright = _slack(cloud), _upright(cloud)
    left, found = cloud.valid.copy(), list[SupportPlane]()
    for _ in range(MOST):
        plane = _next_plane(cloud, areas, level & left)
        if plane is None:
            break
        off = _off(cloud, plane)
        mask = left & (np.abs(off) < slack) & ~(upright & (off > 0.5 * THICK))
        left &= ~mask
        own = areas * mask
        area = float(own.sum())
        if area < LEAST_AREA:
            break
        floor = abs(plane[2] + plane[0] * cloud.eye[0] + plane[1] * cloud.eye[1]) < FLOOR_ERROR
        parts = [(mask, area)] if floor else _islands(mask, own)
        found += (SupportPlane(plane, seen, floor, part) for part, seen in parts)
    return sorted(found, key=lambda one: float(one.height(cloud.eye[0], cloud.eye[1])))


def _next_plane(cloud: Cloud, areas: Array, level: Array) -> tuple[float, float, float] | None:
    at = np.flatnonzero(level)
    z = cloud.points[..., 2].ravel()[at]
    if z.size < 40:
        return None
    low = float(z.min()) - BIN
    counts = np.bincount(((z - low) / BIN).astype(int), areas.ravel()[at])
    summed = np.convolve(counts, np.ones(5), "same")
    if summed.max() < LEAST_AREA * 0.7:
        return None
    height = low + (float(np.argmax(summed)) + 0.5) * BIN
    step = max(1, z.size // FITTED)
    x, y, z = (cloud.points[..., axis].ravel()[at[::step]] for axis in range(3))
    reach = np.hypot(x - np.float32(cloud.eye[0]), y - np.float32(cloud.eye[1]))
    plane = (0.0, 0.0, height)
    for wide in (0.04, 0.025, 0.015):
        slack = wide + (0.03 if wide > 0.03 else 0.006) * reach  # the camera's tilt is known to a degree or two
        near = np.abs(z - plane[0] * x - plane[1] * y - plane[2]) < slack
        if near.sum() < 40:
            return None
        fitted = _fit(x[near], y[near], z[near])
        plane = fitted if max(abs(fitted[0]), abs(fitted[1])) < SLANT else (0.0, 0.0, float(np.median(z[near])))
    return plane


def _fit(x: Array, y: Array, z: Array) -> tuple[float, float, float]:
    """Least squares, gently held to level where the points are in one line."""
    mx, my, mz = x.mean(), y.mean(), z.mean()
    a = np.stack([x - mx, y - my], axis=1).astype(float)
    normal = a.T @ a + 0.01 * len(x) * 0.01 * np.eye(2)
    slope = np.linalg.solve(normal, a.T @ (z - mz).astype(float))
    return float(slope[0]), float(slope[1]), float(mz - slope[0] * mx - slope[1] * my)


def _off(cloud: Cloud, plane: tuple[float, float, float]) -> Array:
    """Heights of all pixels above a plane, m."""
    x, y, z = np.moveaxis(cloud.points, -1, 0)
    return np.asarray(z - (plane[0] * x + plane[1] * y + plane[2]))


def _slack(cloud: Cloud) -> Array:
    """Height above or below a plane that the error of a pixel on it allows, m."""
    ray = np.abs(cloud.points[..., 2] - np.float32(cloud.eye[2])) / np.maximum(cloud.depth, np.float32(1e-3))
    return np.asarray(THICK + 2.5 * cloud.sigma(cloud.depth) * np.minimum(ray, np.float32(1)))


def _upright(cloud: Cloud) -> Array:
    """Pixels of upright surfaces, bool; a normal that is not known is of none."""
    x, y, z = np.abs(np.moveaxis(cloud.normals, -1, 0))
    return np.asarray((z < 0.5) & (x + y + z > 0))


def _islands(mask: Array, areas: Array) -> list[tuple[Array, float]]:
    """Connected parts of a plane above the floor that are large enough to put things on, and their areas, m²."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    labels = cv2.connectedComponents(closed)[1]
    seen = np.bincount(labels.ravel(), areas.ravel())
    return [((labels == number) & mask, float(seen[number])) for number in np.flatnonzero(seen >= TABLE_AREA) if number]
