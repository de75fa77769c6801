"""Candidates: antipodal pairs, and cuts through an object seen from above.

*Antipodal*: from a seen point straight through the object to its other side; both surfaces must lie within the friction
cone of the line between them (Nguyen, 1988). *Top*: for a number of angles the extent of the object within a finger's
breadth; it needs no normals, and serves objects seen only from above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from skill_stack.core.robots.gripper import Gripper
from skill_stack.perception.grasps.grasp import Grasp, Kind, frame_of
from skill_stack.perception.grasps.surface import Surface

Array = np.ndarray
STARTS = 40
"""Number of points from which an opposite side is searched."""
ANGLES = 12
"""Directions of cuts over half a turn."""
PLACES = 3
"""Cuts of one direction, side by side."""
TILTS = (0.0, 0.5, -0.5, 1.0, -1.0)
"""Turns of the approach about the closing axis, away from straight down, rad."""
BESIDE = 0.008
"""Distance from a line within which points are on it, m."""
UPRIGHT = 0.6
"""Largest vertical component of a closing direction: more is a grasp from above and below, which the table prevents."""
DOWN = np.array([0.0, 0.0, -1.0])
Pair = tuple[Array, Array, float]
"""Middle, m, direction, and distance, m, of two places that face each other."""


def candidates(
    number: int, surface: Surface, yaw: float, gripper: Gripper, rng: np.random.Generator
) -> Iterator[Grasp]:
    """Candidate grasps of one object.

    Args:
        number: Place of the thing among those of the look.
        surface: Its surface.
        yaw: Its heading, which the directions of cuts follow, rad.
        gripper: What grasps.
        rng: Where the choice of points comes from.
    """
    for middle, closing, width in antipodal_pairs(surface, gripper, rng):
        for tilt in TILTS:
            yield _grasp(number, "antipodal", middle, closing, width, tilt, gripper)
    for middle, closing, width in cuts(surface, yaw, gripper):
        yield _grasp(number, "top", middle, closing, width, 0.0, gripper)


def antipodal_pairs(surface: Surface, gripper: Gripper, rng: np.random.Generator) -> Iterator[Pair]:
    """Pairs of points whose surfaces face each other within the friction cone and fit between the jaws."""
    known = np.abs(surface.normals).sum(axis=1) > 0.5
    starts = np.nonzero(surface.seen & known & (np.abs(surface.normals[:, 2]) < UPRIGHT))[0]
    if not len(starts):
        return
    cone = math.cos(math.atan(gripper.friction))
    for start in rng.choice(starts, min(STARTS, len(starts)), replace=False):
        place, out = surface.points[start], surface.normals[start]
        near = np.linalg.norm(surface.points - place, axis=1) < 1.5 * BESIDE
        out = surface.normals[near & known].mean(axis=0)  # one normal alone is noisy
        out /= max(float(np.linalg.norm(out)), 1e-9)
        offset = surface.points - place
        depth = offset @ -out
        aside = np.linalg.norm(offset + depth[:, None] * out, axis=1)
        facing = surface.normals @ -out
        other = (aside < BESIDE) & (depth > 0.005) & (facing > cone)
        if not other.any():
            continue
        width = float(np.median(depth[other]))
        if width <= gripper.opening - 2 * gripper.slack:
            yield place - out * width / 2, out, width


def cuts(surface: Surface, yaw: float, gripper: Gripper) -> Iterator[Pair]:
    """Extents across an object seen from above, within a finger's breadth, narrow enough for the jaws."""
    points = surface.points
    top = float(np.percentile(points[:, 2], 98))
    upper = points[points[:, 2] > top - gripper.finger[2]]
    if len(upper) < 8:
        return
    centre = (upper[:, :2].min(axis=0) + upper[:, :2].max(axis=0)) / 2
    for angle in yaw + np.arange(ANGLES) * math.pi / ANGLES:
        across, along = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
        flat = (upper[:, :2] - centre) @ np.column_stack([across, along])
        reach = max(float(np.ptp(flat[:, 1])) / 2 - gripper.finger[0] / 2, 0.0)
        for shift in np.linspace(-0.6 * reach, 0.6 * reach, PLACES if reach > 0.01 else 1):
            strip = flat[np.abs(flat[:, 1] - shift) < gripper.finger[0] / 2]
            if len(strip) < 5:
                continue
            low, high = np.percentile(strip[:, 0], (1, 99))
            if high - low > gripper.opening - 2 * gripper.slack:
                continue
            x, y = centre + across * (low + high) / 2 + along * shift
            deep = gripper.finger[2] - gripper.tip - 0.005  # so far below the top the body still stays above it
            bottom = float(points[:, 2].min())
            middle = np.array([x, y, max(top - deep, (top + bottom) / 2)])
            yield middle, np.array([*across, 0.0]), max(float(high - low), 0.004)


def _grasp(
    number: int, kind: Kind, middle: Array, closing: Array, width: float, tilt: float, gripper: Gripper
) -> Grasp:
    """A grasp that comes from above, turned about its closing axis."""
    down = DOWN - (DOWN @ closing) * closing
    down /= np.linalg.norm(down)
    ahead = np.cross(closing, down)
    approach = math.cos(tilt) * down + math.sin(tilt) * ahead
    opening = min(gripper.opening, width + 2 * gripper.slack)
    rotation = frame_of(approach, closing)
    return Grasp(number, kind, middle, rotation, width, opening)
