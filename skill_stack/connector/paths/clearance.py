"""Clearance: whether a straight line is free, and velocities that keep a distance."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
Point = tuple[float, float]
SAMPLE = 0.05
"""Spacing of the points at which a line is checked, m: at 0.3 m clearance the error is below 2 mm."""

SIGHT = 0.02
"""Spacing of the points at which a line of sight is checked, m: nothing thicker is missed."""

_LET_GO = 0.01  # m; a robot that is nearer than wanted may come no nearer than this beyond where it is
_LARGEST_PUSH = 0.2  # m/s
_PUSH_RATE = 2.0  # 1/s


def limits_from(outlines: Outlines, start: Point, clearance: float) -> Array:
    """Smallest distance to each object for a path from ``start``, m, shape (M,).

    The nominal clearance, except where the robot already stands nearer: there it may move away, but not nearer.
    """
    now = outlines.room(np.array([start]))[0]
    wanted = clearance if outlines.least is None else np.maximum(clearance, outlines.least)
    return np.asarray(np.minimum(wanted, now - _LET_GO))


def samples(start: Point, end: Point) -> Array:
    """Points at which a straight line is checked, m, shape (N, 2)."""
    return np.linspace(start, end, max(2, int(math.dist(start, end) / SAMPLE) + 2))


def is_seen(outlines: Outlines, start: Point, end: Point) -> bool:
    """Whether every part of a straight line within a grid crosses seen floor."""
    return outlines.field is None or not outlines.unseen(samples(start, end)).any()


def way_is_free(outlines: Outlines, start: Point, end: Point, limits: Array) -> bool:
    """Whether a straight line keeps its distance to everything.

    Args:
        outlines: Everything to keep clear of.
        start: In ``map``, m.
        end: In ``map``, m.
        limits: Smallest distance to each outline, m, shape (M,).
    """
    return first_obstacle(outlines, start, end, limits) is None


def shortcut_is_free(outlines: Outlines, here: Point, points: Sequence[Point], limits: Array) -> bool:
    """Whether the straight line to the last of some points is as good as the path along all of them."""
    if not way_is_free(outlines, here, points[-1], limits):
        return False
    return is_seen(outlines, here, points[-1]) or bool(outlines.unseen(np.array([here, *points])).any())


def first_obstacle(outlines: Outlines, start: Point, end: Point, limits: Array) -> str | None:
    """Name of the first object that a straight line comes too near to, or None; see :func:`way_is_free`."""
    near = outlines.room(samples(start, end)) < limits
    if not near.any():
        return None
    index = int(np.argmax(near.any(axis=1)))
    return outlines.names[int(np.argmax(near[index]))]


def in_sight(outlines: Outlines, points: Array, target: Point, name: str) -> Array:
    """Whether an object is visible from points in a straight line, so that they are on its side of every wall.

    Args:
        outlines: Everything known.
        points: In ``map``, m, shape (N, 2).
        target: Centre of the thing, m.
        name: Its id among the outlines.

    Returns:
        bool, shape (N,).
    """
    others = [index for index, other in enumerate(outlines.names) if other != name]
    if not others or not len(points):
        return np.ones(len(points), bool)
    longest = float(np.hypot(*(points - np.asarray(target)).T).max())
    shares = np.linspace(0.0, 1.0, max(2, int(longest / SIGHT) + 2))
    lines = points[:, None, :] + shares[:, None] * (np.asarray(target) - points[:, None, :])
    distance = outlines.distances(lines.reshape(-1, 2)).reshape(len(points), len(shares), -1)
    before = np.ones(distance.shape[:2], bool)
    if name in outlines.names:
        # What is inside the thing's own outline does not hide it.
        before = distance[..., outlines.names.index(name)] > 0.0
    hidden = (distance[..., others] < 0.0).any(axis=-1) & before
    return np.asarray(~hidden.any(axis=1))


def keep_clear(
    goals: dict[str, float], pose: Pose2, outlines: Outlines, keep: float, ignored: Collection[str] = ()
) -> dict[str, float]:
    """Velocities changed so that they come no nearer to objects within ``keep``, and move away from them.

    Args:
        goals: vx, vy in the base frame, m/s, and others that stay as they are.
        pose: The robot in ``map``.
        outlines: Everything to keep clear of.
        keep: Distance from the base to an outline below which this acts, m.
        ignored: Names of objects that the robot is meant to come near to.
    """
    point = np.array([[pose.x, pose.y]])
    distance = outlines.distances(point)[0]
    kept = np.full(len(distance), keep) if outlines.least is None else np.maximum(keep, outlines.least)
    close = [i for i in np.flatnonzero(distance < kept) if outlines.names[i] not in ignored]
    if not close or "vx" not in goals:
        return goals
    vx, vy = goals["vx"], goals["vy"]
    for index in close:
        away_x, away_y = _away(outlines, int(index), pose)
        push = min(_LARGEST_PUSH, _PUSH_RATE * float(kept[index] - distance[index]))
        lack = push - (vx * away_x + vy * away_y)
        if lack > 0:
            vx, vy = vx + lack * away_x, vy + lack * away_y
    return {**goals, "vx": vx, "vy": vy}


def _away(outlines: Outlines, index: int, pose: Pose2) -> Point:
    """Unit vector, in the base frame, along which the distance to an outline grows fastest."""
    x, y, step = pose.x, pose.y, 1e-3
    around = np.array([[x + step, y], [x - step, y], [x, y + step], [x, y - step]])
    d = outlines.distances(around)[:, index]
    gx, gy = float(d[0] - d[1]), float(d[2] - d[3])
    norm = math.hypot(gx, gy) or 1.0
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    return (c * gx + s * gy) / norm, (-s * gx + c * gy) / norm
