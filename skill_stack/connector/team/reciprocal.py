"""Reciprocal velocity obstacles: velocities that keep discs apart when each does its share of the avoiding.

The half-planes are those of J. van den Berg, S. Guy, M. Lin, D. Manocha, "Reciprocal n-Body Collision Avoidance",
Robotics Research, 2011 (ORCA). The best velocity is chosen among samples instead of by a linear program: a walking
policy has a box of velocities with a hole around zero, which is not convex, and obstacles count by their distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Point = tuple[float, float]

HORIZON = 3.0
"""Time within which discs may not meet, s: at 0.7 m/s each, from 4 m on, so that a small sidestep is enough."""
PART_RATE, FASTEST_PART = 2.0, 0.2
"""How discs that overlap come apart, 1/s and m/s: as gently as from an obstacle, since only margins overlap."""
KEEP_RIGHT = math.sin(0.25)
"""Bearing of the relative velocity up to which two robots that come straight at one another both keep to the right."""


@dataclass(frozen=True, slots=True)
class Disc:
    """Another robot as seen from this one.

    Attributes:
        offset: From this robot's centre to its centre, m.
        velocity: m/s.
        radius: Sum of both radii, m.
        share: Share of the avoiding that is this robot's, 0 to 1.
    """

    offset: Point
    velocity: Point
    radius: float
    share: float = 0.5


def half_plane(disc: Disc, own: Point, horizon: float = HORIZON) -> tuple[Point, Point]:
    """Velocities that avoid a disc: those ``v`` with ``(v - point) · normal >= 0``.

    Args:
        disc: The other robot.
        own: Present velocity, m/s, in the same axes.
        horizon: Time within which the discs may not meet, s.

    Returns:
        A point on the border, m/s, and the unit normal into the half-plane.
    """
    (px, py), (vx, vy) = disc.offset, (own[0] - disc.velocity[0], own[1] - disc.velocity[1])
    gap, radius = math.hypot(px, py), disc.radius
    wx, wy = vx - px / horizon, vy - py / horizon
    size, ahead = math.hypot(wx, wy), wx * px + wy * py
    if gap <= radius:
        nx, ny = (-px / gap, -py / gap) if gap > 1e-9 else (1.0, 0.0)
        out = min(FASTEST_PART, PART_RATE * (radius - gap)) - (vx * nx + vy * ny)
    elif size > 1e-9 and ahead < 0.0 and ahead * ahead > radius * radius * size * size:
        # The nearest way out of the velocity obstacle is its round end.
        nx, ny, out = wx / size, wy / size, radius / horizon - size
    else:
        leg = math.sqrt(gap * gap - radius * radius)
        left = 1.0 if px * wy - py * wx > KEEP_RIGHT * gap * size else -1.0
        dx, dy = (px * leg - left * py * radius) / gap**2, (py * leg + left * px * radius) / gap**2
        nx, ny = -left * dy, left * dx
        out = -(vx * nx + vy * ny)
    return (own[0] + disc.share * out * nx, own[1] + disc.share * out * ny), (nx, ny)


def best_velocity(wanted: Point, candidates: Array, planes: Sequence[tuple[Point, Point]]) -> Array:
    """The candidate next to a wanted velocity that lies in every half-plane.

    Args:
        wanted: m/s.
        candidates: m/s, shape (N, 2); not empty.
        planes: As :func:`half_plane` gives them.

    Returns:
        Shape (2,). Where no candidate lies in all of them, the one that violates the worst least.
    """
    points = np.array([point for point, _ in planes])
    normals = np.array([normal for _, normal in planes])
    lack = np.maximum(0.0, -(((candidates[:, None, :] - points) * normals).sum(axis=-1)).min(axis=1))
    good = lack <= 1e-9
    left = candidates[good] if good.any() else candidates[lack <= lack.min() + 1e-3]
    return np.asarray(left[int(np.argmin(((left - wanted) ** 2).sum(axis=1)))])
