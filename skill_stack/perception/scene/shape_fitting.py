"""Solids: an upright box, an upright cylinder or a ball fitted to a one-sided view of an object.

The shape completes what is not seen: a ball and a cylinder by their roundness, a box by its seen faces. Where only one
face is seen, the depth is assumed equal to the width, up to that of furniture, which is marked as a guess.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

Array = np.ndarray
MOST_POINTS = 600
ENDS = (0.02, 0.98)
"""Quantiles that stand for the ends of a thing: some pixels at its edge are wrong."""
SIDE = 0.35
"""Upward part of a normal below which a face is a side."""
TOP = 0.85
ROUND = 0.3
"""Spread of the directions of sides from which they are those of no box."""
MODEL = 0.003
"""Distance of a thing's surface from that of a solid of its own shape, m."""
UNFITTING = 1.0
"""How much less likely a shape is that the directions of the surface speak against, as a logarithm."""
LEAST = -2.0
"""Logarithm of the least likelihood of a shape in one look: errors of a view are the same in all of its points."""
FOUND = 1e-4
"""Last change of a place or radius with which a fit ends, m."""
DEEPEST = 0.4
"""Largest guess of a depth, m: what is wide and flat is a piece of a wall, or furniture."""
FACE = 0.12
"""Share of the side's pixels that a second face must have to be one."""


@dataclass(frozen=True, slots=True)
class Solid:
    """An upright solid.

    Attributes:
        shape: ``box``, ``cylinder`` or ``sphere``.
        centre: m, shape (3,).
        size: Along its own x, y and z, m.
        yaw: Heading of its x axis, rad, within a quarter turn.
        residual: Root mean square distance of the points from its surface, m.
        guessed: Whether an extent is a guess, because the side that would show it was not seen.
    """

    shape: str
    centre: Array
    size: tuple[float, float, float]
    yaw: float
    residual: float
    guessed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The visible part of one object.

    Attributes:
        points: m, shape (N, 3).
        normals: Shape (N, 3); 0 where unknown.
        bottom: Height of what it stands on, m.
        eye: Where the camera was, m, shape (3,).
        noise: Standard deviation of a point along its ray, m.
        cut: Whether the picture ends, or something nearer begins, in the middle of it.
    """

    points: Array
    normals: Array
    bottom: float
    eye: Array
    noise: float
    cut: bool = False


def quantiles(values: Array, shares: Sequence[float]) -> Array:
    """Quantiles along the first axis, shape (len(shares), ...); between two values the mean by distance.

    ``numpy.quantile`` gives the same and costs several times as much for some hundred values.
    """
    ordered = np.sort(values, axis=0)
    at = np.asarray(shares) * (len(ordered) - 1)
    below = at.astype(int)
    part = (at - below).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(ordered[below] * (1 - part) + ordered[np.minimum(below + 1, len(ordered) - 1)] * part)


def fit_solids(seen: Seen) -> tuple[list[Solid], dict[str, float]]:
    """The solids that may fit, and how much each shape is supported; needs ten points.

    Returns:
        At most one solid of each shape, the best first; and the logarithm of the likelihood of each shape, 0 for the
        best, :data:`LEAST` or more.
    """
    known = np.abs(seen.normals).sum(axis=1) > 0
    up = seen.normals[:, 2]
    top = known & (up > TOP)
    side = known & (np.abs(up) < SIDE)
    height = _height(seen, top)
    round_side = _spread(seen.normals[side]) if side.sum() >= 12 else 1.0
    round_ = side.sum() >= 12 and round_side > ROUND or (top.sum() > 30 and side.sum() < 12)
    domed = known.sum() >= 20 and float(np.mean(known & ~side & ~top)) > 0.15 * known.mean()
    fitting = {"box": True, "cylinder": bool(round_), "sphere": bool(domed)}
    found = [_box(seen, side, top, height), *_cylinder(seen, side, top, height), *_ball(seen)]
    found.sort(key=lambda one: (not fitting[one.shape], _misfit(one)))
    wide = 2 * (MODEL + seen.noise) ** 2
    support = dict.fromkeys(_PREFERENCE, LEAST)
    for one in found:
        likely = min((_misfit(found[0]) ** 2 - _misfit(one) ** 2) / wide, 0.0)
        support[one.shape] = max(LEAST, likely - (0.0 if fitting[one.shape] else UNFITTING))
    return found, support


def _misfit(one: Solid) -> float:
    return one.residual * _PREFERENCE[one.shape]


_PREFERENCE = {"box": 1.0, "cylinder": 0.95, "sphere": 0.9}
"""Shapes with fewer parameters are preferred where the points do not decide."""


def _height(seen: Seen, top: Array) -> float:
    """Height of its top, m."""
    z = seen.points[:, 2]
    highest = float(quantiles(z, (0.985,))[0])
    if top.sum() >= 12 and top.mean() > 0.06:
        flat = z[top]
        height = float(np.median(flat[flat >= quantiles(flat, (0.6,))]))
        if height > (seen.bottom + highest) / 2:  # else it is of what the thing stands on
            return height
    return highest


def _spread(normals: Array) -> float:
    """How round the sides are: 0 for the faces of one box, whatever its heading; up to 1."""
    angle = np.arctan2(normals[:, 1], normals[:, 0])
    return 1.0 - math.hypot(float(np.cos(4 * angle).mean()), float(np.sin(4 * angle).mean()))


def _box(seen: Seen, side: Array, top: Array, height: float) -> Solid:
    p = seen.points
    yaw = _heading(seen, side, top)
    axes = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
    flat = p[:, :2] @ axes.T
    eye = axes @ seen.eye[:2]
    whole_top = top.sum() >= 25 and top.mean() > 0.12
    low, high = quantiles(flat, ENDS)
    if whole_top:
        ends = quantiles(flat[top], ENDS)
        low, high = np.minimum(low, ends[0]), np.maximum(high, ends[1])
    widened = (high - low) * (1 / (ENDS[1] - ENDS[0]) - 1) / 2
    low, high = low - widened, high + widened
    n = seen.normals[:, :2] @ axes.T
    faces = [side & (np.abs(n[:, axis]) > 0.8) for axis in (0, 1)]
    guessed = False
    if not whole_top:
        for axis in (0, 1):
            low, high, missing = _completed(axis, flat, faces, eye, low, high)
            guessed |= missing
    middle, size = (low + high) / 2, np.maximum(high - low, 0.005)
    x, y = axes.T @ middle
    tall = max(height - seen.bottom, 0.005)
    centre = np.array([x, y, seen.bottom + tall / 2])
    off = _box_distance(np.column_stack([flat - middle, p[:, 2] - centre[2]]), np.array([*size, tall]))
    return Solid("box", centre, (float(size[0]), float(size[1]), tall), yaw, _rms(off), guessed)


def _completed(
    axis: int, flat: Array, faces: list[Array], eye: Array, low: Array, high: Array
) -> tuple[Array, Array, bool]:
    """Ends along one axis of a box whose top is not seen.

    The face across this axis gives its near end, the face along it its length; without the latter it is taken to be
    as long as the box is wide, up to :data:`DEEPEST`.
    """
    across, along = faces[axis], faces[1 - axis]
    total = max(int(faces[0].sum() + faces[1].sum()), 1)
    low, high = low.copy(), high.copy()
    if across.sum() < max(8, FACE * total):
        return low, high, False
    near = float(np.median(flat[across, axis]))
    ahead = 1.0 if near > eye[axis] else -1.0
    if along.sum() >= max(8, FACE * total):
        ends = quantiles(flat[along, axis], ENDS)  # seen aslant it is a few of all pixels: the tail of all is more
        low[axis], high[axis] = (near, max(high[axis], ends[1])) if ahead > 0 else (min(low[axis], ends[0]), near)
        return low, high, False
    depth = min(float(high[1 - axis] - low[1 - axis]), DEEPEST)
    low[axis], high[axis] = sorted((near, near + ahead * depth))
    return low, high, True


def _heading(seen: Seen, side: Array, top: Array) -> float:
    """Heading of a box, rad within (-pi/4, pi/4]: of its sides, else of the smallest rectangle around its top."""
    if side.sum() >= 20:
        n = seen.normals[side]
        angle = np.arctan2(n[:, 1], n[:, 0])
        return math.atan2(float(np.sin(4 * angle).mean()), float(np.cos(4 * angle).mean())) / 4
    flat = seen.points[top, :2] if top.sum() >= 12 else seen.points[:, :2]
    try:
        hull = flat[ConvexHull(flat).vertices]
    except QhullError:
        return 0.0
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.unique(np.round(np.arctan2(edges[:, 1], edges[:, 0]) % (math.pi / 2), 3))
    turned = [hull @ np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]]) for a in angles]
    best = float(angles[int(np.argmin([np.ptp(t, axis=0).prod() for t in turned]))])
    return best if best <= math.pi / 4 else best - math.pi / 2


def _cylinder(seen: Seen, side: Array, top: Array, height: float) -> list[Solid]:
    """An upright cylinder from its side and the rim of its top, by Gauss-Newton on distances from the circle."""
    p = seen.points
    rim = top & (p[:, 2] > height - max(0.01, 3 * seen.noise))
    body = ~top & (p[:, 2] < height - max(0.012, 3 * seen.noise)) & (seen.normals[:, 2] < 0.5)
    flat = p[body, :2] if side.sum() >= 12 and body.sum() >= 12 else _hull(p[rim, :2])
    if len(flat) < 6:
        return []
    guess = _first_circle(seen, flat, p[rim, :2])
    circle = _circle(flat, guess) if side.sum() >= 12 else guess
    x, y, r = circle
    span = math.hypot(*np.ptp(p[:, :2], axis=0))
    if not (0.005 < r < 0.75 * max(span, 0.02)):
        return []
    tall = max(height - seen.bottom, 0.005)
    centre = np.array([x, y, seen.bottom + tall / 2])
    d = p - centre
    off = _capped(np.hypot(d[:, 0], d[:, 1]) - r, np.abs(d[:, 2]) - tall / 2)
    return [Solid("cylinder", centre, (2 * r, 2 * r, tall), 0.0, _rms(off), False)]


def _first_circle(seen: Seen, flat: Array, rim: Array) -> tuple[float, float, float]:
    """From the directions in which it begins and ends: its width follows from them and the nearest point."""
    if len(rim) >= 30:
        hull = _hull(rim)
        low, high = hull.min(axis=0), hull.max(axis=0)
        return (*((low + high) / 2).tolist(), float((high - low).mean()) / 2)
    d = flat - seen.eye[:2]
    middle = math.atan2(*(d.mean(axis=0)[::-1]))
    angle = np.arctan2(d[:, 1], d[:, 0]) - middle
    angle = np.arctan2(np.sin(angle), np.cos(angle))
    ends = quantiles(angle, (0.01, 0.99))
    half = float(np.ptp(ends)) / 2 * 1.02
    centre_angle = middle + float(ends.mean())
    nearest = float(quantiles(np.hypot(d[:, 0], d[:, 1]), (0.05,))[0])
    r = nearest * math.sin(half) / (1 - math.sin(half))
    reach = nearest + r
    return (seen.eye[0] + reach * math.cos(centre_angle), seen.eye[1] + reach * math.sin(centre_angle), r)


def _circle(flat: Array, guess: tuple[float, float, float]) -> tuple[float, float, float]:
    """Geometric fit; the radius is held a little to the first one, which the outline gave."""
    x, y, r = guess
    first, (px, py) = r, flat.T.copy()
    j = np.full((3, len(px)), -1.0)
    for _ in range(8):
        dx, dy = px - x, py - y
        reach = np.maximum(np.hypot(dx, dy), 1e-6)
        off = reach - r
        weight = 1.0 / np.maximum(np.abs(off), 0.004)
        j[0], j[1] = -dx / reach, -dy / reach
        normal, right = (j * weight) @ j.T, j @ (off * weight)
        held = 0.15 * float(weight.sum())
        normal[2, 2] += held
        right[2] -= held * (first - r)
        step = np.linalg.solve(normal + 1e-9 * np.eye(3), right)
        x, y, r = x - float(step[0]), y - float(step[1]), r - float(step[2])
        if np.abs(step).max() < FOUND:
            break
    return x, y, r


def _ball(seen: Seen) -> list[Solid]:
    """A ball that lies on what carries it: its centre is one radius above that."""
    p, z0 = seen.points, seen.bottom
    px, py, up = p.T.copy() - np.array([[0.0], [0.0], [z0]])
    a = 2 * np.stack([px, py, up])
    b = px**2 + py**2 + up**2
    a -= a.mean(axis=1, keepdims=True)
    x, y, r = np.linalg.solve(a @ a.T + 1e-9 * np.eye(3), a @ (b - b.mean())).tolist()
    j = np.empty_like(a)
    for _ in range(6):
        dx, dy, dz = px - x, py - y, up - r
        reach = np.maximum(np.sqrt(dx * dx + dy * dy + dz * dz), 1e-6)
        off = reach - r
        weight = 1.0 / np.maximum(np.abs(off), 0.004)
        j[0], j[1], j[2] = -dx / reach, -dy / reach, -dz / reach - 1.0
        step = np.linalg.solve((j * weight) @ j.T + 1e-9 * np.eye(3), j @ (off * weight))
        x, y, r = x - float(step[0]), y - float(step[1]), r - float(step[2])
        if np.abs(step).max() < FOUND:
            break
    span = float(np.ptp(p, axis=0).max())
    if not (0.01 < r < 0.8 * max(span, 0.02)):
        return []
    off = np.linalg.norm(p - (x, y, z0 + r), axis=1) - r
    return [Solid("sphere", np.array([x, y, z0 + r]), (2 * r, 2 * r, 2 * r), 0.0, _rms(off), False)]


def _hull(flat: Array) -> Array:
    try:
        return np.asarray(flat[ConvexHull(flat).vertices])
    except (QhullError, ValueError):
        return flat


def _box_distance(inside: Array, size: Array) -> Array:
    """Distances of points, in the frame of a box, from its surface, m."""
    beyond = np.abs(inside) - size / 2
    out = np.linalg.norm(np.maximum(beyond, 0), axis=1)
    return np.where(out > 0, out, -beyond.max(axis=1))


def _capped(aside: Array, above: Array) -> Array:
    """Distances from the surface of a finite cylinder, m."""
    out = np.hypot(np.maximum(aside, 0), np.maximum(above, 0))
    return np.where(out > 0, out, np.maximum(aside, above))


def _rms(off: Array) -> float:
    """Root mean square of the nine tenths that fit best."""
    if not off.size:
        return float("inf")
    last = int(0.9 * (off.size - 1))
    kept = np.partition(np.square(off), last)[: last + 1]
    return math.sqrt(float(kept.mean()))
