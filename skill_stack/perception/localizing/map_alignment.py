"""MapAlignment: how far from where it is thought to be a robot is, by surfaces of things that the map states.

Things that a camera sees in part, as behind an arm, over the edge of the picture or from so near that only an edge of
a table is in view, have no centre that could be compared with the map. Their surfaces can be: of every point in the
look it is known which stated surface is next to it, how far that is, and in which direction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.scene.cloud import Cloud

Array = np.ndarray
EVERY = 2
"""Rows and columns of a look from one that is compared to the next."""
FLOOR = 0.04
"""Height up to which a point may be of the floor, m."""
GATES = (0.25, 0.25, 0.15, 0.1, 0.06, 0.06, 0.06)
"""Distance from a stated surface up to which a point may be on it, pass by pass, m."""
FACING = 0.7
"""Least cosine between the normal of a point and that of the surface that it is taken for."""
STEEP = 0.5
"""Least horizontal part of a surface's normal: a level one tells nothing of the place."""
JUMP = 0.08
"""How much farther what is beside a rim is, m."""
POINTS, SHARE = 30, 0.5
"""Least number of points on a thing; least share of those near it that are on it, or it is not where the map has it."""
ERROR, FARTHER = 0.01, 0.01
"""Least standard deviation of a seen surface, m, and what each metre adds: the estimate of the attitude tilts all that
is seen. In drawn looks at things of the map balls were off by 0.2 cm at 0.6 m and cones by 1.3 cm at 3.3 m."""
DOUBTFUL, STEP, WIDEST, FEW = 0.08, 0.06, 0.36, 400
"""Standard deviation of the place from which on the best of some places is looked for first, m: from there on a point
may be next to another surface than its own; their distance, and how far they lie to either side at most, m; number of
points that they are compared by."""
WEIGHTY = 50.0
"""How many independent points a look is worth when places are compared with what is known before."""
SIZE = np.diag((0.3, 0.3, 0.1)) ** 2
"""Covariance of the error in which the best place is looked for, m² and rad²: it decides what the look leaves open."""


@dataclass(frozen=True, slots=True, eq=False)
class Offset:
    """What a look says of the pose.

    Attributes:
        shift: To be added to x and y, m, and heading, rad, shape (3,).
        information: Inverse covariance of that, shape (3, 3); of low rank where it leaves a direction open.
        things: Which things it rests on.
    """

    shift: Array
    information: Array
    things: tuple[str, ...]


class MapAlignment:
    """Compares looks with things that stay where the map states them."""

    def __init__(self, things: Iterable[SceneObject]) -> None:
        """Takes the things of a map; what can be moved, what turns about a hinge and what is no solid is left out."""
        self._things = [one for one in things if not one.movable and one.hinge is None and one.shape != "point"]

    def offset(self, cloud: Cloud, base: Pose2, deviation: float = 0.0) -> Offset | None:
        """How far the robot is from where it is thought to be; None where the look shows nothing of the map.

        Args:
            cloud: The look in ``map``, placed by where the robot is thought to be.
            base: Where that is.
            deviation: Standard deviation of that place, m.
        """
        points, normals, rims = _samples(cloud)
        nearby = [one for one in self._things if _reach(one, base) < 1.0 + float(cloud.depth.max())]
        if not nearby or not len(points):
            return None
        shift, information, names = np.zeros(3), np.zeros((3, 3)), tuple[str, ...]()
        if deviation > DOUBTFUL:
            some = slice(None, None, max(1, len(points) // FEW))
            shift[:2] = _likeliest(nearby, points[some], normals[some], rims[some], deviation)
        for gate in GATES:
            moved, turned = _moved(points, normals, base, shift)
            information, pull, names = _equations(nearby, moved, turned, rims, base, shift, gate, cloud.eye)
            step = np.linalg.solve(information + np.linalg.inv(SIZE), pull - np.linalg.solve(SIZE, shift))
            shift = shift + step
        return Offset(shift, information, names) if names else None


def _reach(thing: SceneObject, base: Pose2) -> float:
    """From a robot to the nearest that a thing could be, m."""
    return base.distance_to(*thing.position[:2]) - math.hypot(*thing.size[:2]) / 2


def _samples(cloud: Cloud) -> tuple[Array, Array, Array]:
    """Points above the floor, m, shape (N, 3), their normals, and which of them are at a rim that is seen from above.

    At a rim what is beside a point is farther, so that nothing hides the edge.
    """
    beside = np.zeros_like(cloud.valid)
    for axis in (0, 1):
        for way in (-EVERY, EVERY):
            other, there = np.roll(cloud.depth, way, axis), np.roll(cloud.valid, way, axis)
            jumps = there & (other > cloud.depth + JUMP)
            edge = [slice(None)] * 2
            edge[axis] = slice(0, EVERY) if way > 0 else slice(-EVERY, None)
            jumps[tuple(edge)] = False
            beside |= jumps
    some = (slice(None, None, EVERY),) * 2
    kept = cloud.valid[some] & (cloud.points[some][..., 2] > FLOOR)
    points, normals = cloud.points[some][kept].astype(float), cloud.normals[some][kept].astype(float)
    return points, normals, beside[some][kept]


def _moved(points: Array, normals: Array, base: Pose2, shift: Array) -> tuple[Array, Array]:
    """Points and normals as they are when the robot is elsewhere by a shift."""
    c, s = math.cos(shift[2]), math.sin(shift[2])
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    middle = np.array([base.x, base.y, 0.0])
    return (points - middle) @ turn.T + middle + (shift[0], shift[1], 0.0), normals @ turn.T


def _likeliest(things: list[SceneObject], points: Array, normals: Array, rims: Array, deviation: float) -> Array:
    """The shift in the plane with which most points are on stated surfaces, m, shape (2,), rather a small one.

    Args:
        things: Of the map.
        points: m, shape (N, 3).
        normals: Shape (N, 3).
        rims: Which points are at a rim, bool, shape (N,).
        deviation: Standard deviation of the place, m.
    """
    reach = min(2.0 * deviation, WIDEST)
    side = np.arange(-reach, reach + STEP / 2, STEP)
    tried = np.array([(x, y) for x in side for y in side] + [(0.0, 0.0)])
    on = []
    for x, y in tried:
        moved = points + (x, y, 0.0)
        gap = np.min([np.abs(_surface(one, moved, normals, rims)[0]) for one in things], axis=0)
        on.append(float((1.0 / (1.0 + np.square(gap / STEP))).sum()))
    likely = WEIGHTY * np.array(on) / max(*on, 1e-6) - 0.5 * np.square(tried / deviation).sum(axis=1)
    return np.asarray(tried[int(likely.argmax())])


def _equations(
    things: list[SceneObject], points: Array, normals: Array, rims: Array, base: Pose2, shift: Array, gate: float,
    eye: Array,
) -> tuple[Array, Array, tuple[str, ...]]:  # fmt: skip
    """Normal equations of the pose: information, shape (3, 3), pull, shape (3,), and the things that they rest on.

    Points of one thing err together. So they count as one measurement of the place, in the directions in which their
    surfaces face, with the deviation of a seen place or their own, whichever is larger.
    """
    found = [_surface(one, points, normals, rims) for one in things]
    gaps = np.stack([np.where(np.isfinite(gap), np.abs(gap), np.inf) for gap, _ in found])
    nearest = gaps.argmin(axis=0)
    information, pull, names = np.zeros((3, 3)), np.zeros(3), []
    for number, (one, (gap, facing)) in enumerate(zip(things, found, strict=True)):
        mine = (nearest == number) & (gaps[number] < gate)
        on = mine & (gaps[number] < GATES[-1])
        if on.sum() < POINTS or (gate <= GATES[-1] and on.sum() < SHARE * _close(gaps[number], nearest == number)):
            continue
        off, way, at = gap[mine], facing[mine], points[mine]
        away = float(np.linalg.norm(at - eye, axis=1).mean())
        weight = 1.0 / np.square(1.0 + np.square(off / (0.5 * gate)))
        arm = at[:, :2] - (base.x + shift[0], base.y + shift[1])
        slope = np.column_stack([way, way[:, 1] * arm[:, 0] - way[:, 0] * arm[:, 1]])
        deviation = max(ERROR + FARTHER * away, math.sqrt(float((weight * off * off).sum() / weight.sum())))
        share = weight / weight.sum() / deviation**2
        information += (slope * share[:, None]).T @ slope
        pull -= slope.T @ (share * off)
        names.append(one.id)
    return information, pull, tuple(names)


def _close(gaps: Array, nearest: Array) -> int:
    """How many points face a thing's surface within the widest gate."""
    return int((nearest & (gaps < GATES[0])).sum())


def _surface(thing: SceneObject, points: Array, normals: Array, rims: Array) -> tuple[Array, Array]:
    """Signed distances of points from the upright surfaces of a thing, m, and the horizontal normals of those.

    A distance is infinite where a point is of no upright surface: it has no normal like that, and is at no rim.

    Args:
        thing: A box, ball or upright cylinder.
        points: m, shape (N, 3).
        normals: Shape (N, 3).
        rims: Which points are at a rim, bool, shape (N,).
    """
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    d = points - np.array(thing.position)
    own = np.column_stack([c * d[:, 0] + s * d[:, 1], -s * d[:, 0] + c * d[:, 1]])
    up, half = d[:, 2], np.array(thing.size) / 2
    if thing.shape == "sphere":
        away = np.maximum(np.linalg.norm(d, axis=1), 1e-6)
        gap, facing = away - half[0], np.column_stack([own, up]) / away[:, None]
    else:
        gap, facing = _outline(own, half, thing.shape)
        level = (np.abs(up - half[2]) < GATES[-1]) & (normals[:, 2] > FACING)
        beyond = np.abs(up) > half[2] + GATES[-1]
        gap = np.where(beyond | (level & ~rims), np.inf, gap)
    flat = facing[:, :2] @ np.array([[c, s], [-s, c]])
    upright = np.hypot(flat[:, 0], flat[:, 1]) > STEEP
    alike = flat[:, 0] * normals[:, 0] + flat[:, 1] * normals[:, 1]
    if thing.shape == "sphere":
        return np.where(upright & (alike + facing[:, 2] * normals[:, 2] > FACING), gap, np.inf), flat
    return np.where((alike > FACING) | (rims & level), gap, np.inf), flat


def _outline(own: Array, half: Array, shape: str) -> tuple[Array, Array]:
    """Signed distances from an outline in the plane, m, and outward normals, in the frame of the thing."""
    if shape == "cylinder":
        away = np.maximum(np.hypot(own[:, 0], own[:, 1]), 1e-6)
        return away - half[0], np.column_stack([own / away[:, None], np.zeros(len(own))])
    beyond = np.abs(own) - half[:2]
    axis = beyond.argmax(axis=1)
    gap = beyond[np.arange(len(own)), axis]
    normal = np.zeros((len(own), 3))
    normal[np.arange(len(own)), axis] = np.sign(own[np.arange(len(own)), axis])
    along = beyond[np.arange(len(own)), 1 - axis]
    return np.where(along > GATES[-1], np.inf, gap), normal
