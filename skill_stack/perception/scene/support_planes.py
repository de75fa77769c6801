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
        colour: Mean colour, RGB, 0 to 255, shape (3,).
    """

    slopes: tuple[float, float, float]
    area: float
    floor: bool
    mask: Array
    colour: Array

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
    areas = np.where(level, cloud.areas, 0.0)
    left, found = cloud.valid.copy(), list[SupportPlane]()
    for _ in range(MOST):
        plane = _next_plane(cloud, areas, level & left)
        if plane is None:
            break
        mask = _on(cloud, plane) & left
        own = level & mask
        area = float(areas[own].sum())
        left &= ~mask
        if area < LEAST_AREA:
            break
        floor = abs(plane[2] + plane[0] * cloud.eye[0] + plane[1] * cloud.eye[1]) < FLOOR_ERROR
        parts = [mask] if floor else _islands(mask, areas)
        for part in parts:
            colour = np.median(cloud.colour[part & own], axis=0) if (part & own).any() else np.zeros(3)
            found.append(SupportPlane(plane, float(areas[part & own].sum()), floor, part, colour))
    return sorted(found, key=lambda one: float(one.height(cloud.eye[0], cloud.eye[1])))


def _next_plane(cloud: Cloud, areas: Array, level: Array) -> tuple[float, float, float] | None:
    z = cloud.points[..., 2][level]
    if z.size < 40:
        return None
    low = float(z.min()) - BIN
    counts = np.bincount(((z - low) / BIN).astype(int), areas[level])
    summed = np.convolve(counts, np.ones(5), "same")
    if summed.max() < LEAST_AREA * 0.7:
        return None
    height = low + (float(np.argmax(summed)) + 0.5) * BIN
    x, y = cloud.points[..., 0][level], cloud.points[..., 1][level]
    plane = (0.0, 0.0, height)
    for wide in (0.04, 0.025, 0.015):
        reach = np.hypot(x - cloud.eye[0], y - cloud.eye[1])
        slack = wide + (0.03 * reach if wide > 0.03 else 0.006 * reach)  # the camera's tilt is known to a degree or two
        near = np.abs(z - plane[0] * x - plane[1] * y - plane[2]) < slack
        if near.sum() < 40:
            return None
        step = max(1, int(near.sum()) // 4000)
        fitted = _fit(x[near][::step], y[near][::step], z[near][::step])
        plane = fitted if max(abs(fitted[0]), abs(fitted[1])) < SLANT else (0.0, 0.0, float(np.median(z[near])))
    return plane


def _fit(x: Array, y: Array, z: Array) -> tuple[float, float, float]:
    """Least squares, gently held to level where the points are in one line."""
    mx, my, mz = x.mean(), y.mean(), z.mean()
    a = np.stack([x - mx, y - my], axis=1).astype(float)
    normal = a.T @ a + 0.01 * len(x) * 0.01 * np.eye(2)
    slope = np.linalg.solve(normal, a.T @ (z - mz).astype(float))
    return float(slope[0]), float(slope[1]), float(mz - slope[0] * mx - slope[1] * my)


def _on(cloud: Cloud, plane: tuple[float, float, float]) -> Array:
    """Pixels that are on a plane as far as their error allows."""
    p = cloud.points
    off = p[..., 2] - (plane[0] * p[..., 0] + plane[1] * p[..., 1] + plane[2])
    ray = np.abs(p[..., 2] - cloud.eye[2]) / np.maximum(cloud.depth, 1e-3)
    slack = THICK + 2.5 * cloud.sigma(cloud.depth) * np.minimum(ray, 1.0)
    upright = (np.abs(cloud.normals[..., 2]) < 0.5) & (np.abs(cloud.normals).sum(axis=2) > 0)
    return np.asarray(cloud.valid & (np.abs(off) < slack) & ~(upright & (off > 0.5 * THICK)))


def _islands(mask: Array, areas: Array) -> list[Array]:
    """Connected parts of a plane above the floor that are large enough to put things on."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(closed)
    found = []
    for number in range(1, count):
        part = (labels == number) & mask
        if float(areas[part].sum()) >= TABLE_AREA:
            found.append(part)
    return found
