"""Right of way: who goes first where two robots cannot pass one another, and where the other one waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.paths.clearance import Point, limits_from
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_refuge

Array = np.ndarray

SPACING = 0.15  # m between the points at which paths are compared
LOOK = 5.0
"""Length of a path that counts, m: seven seconds at the usual speed."""
INSIDE = 0.3  # m; a narrow place nearer than this counts as entered
AS_NEAR = 0.5  # m; of two robots that are about as near to it, the name decides
_BESIDE = 0.1  # m between the points at which the width of a passage is measured


@dataclass(frozen=True, slots=True)
class Course:
    """A robot's path from where it is, as points.

    Attributes:
        points: In ``map``, m, shape (N, 2); the first is the robot.
        along: Distance of each from the robot along the path, m, shape (N,).
    """

    points: Array
    along: Array

    @classmethod
    def from_path(cls, here: Point, path: Sequence[Point]) -> Course:
        """Points along a path, up to :data:`LOOK`."""
        corners = np.array([here, *path], dtype=float)
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        along = np.arange(0.0, min(float(lengths[-1]), LOOK) + 1e-9, SPACING)
        points = np.stack([np.interp(along, lengths, corners[:, axis]) for axis in (0, 1)], axis=-1)
        return cls(points, along)

    def near(self, other: Course, distance: float) -> Array:
        """Which points are nearer to another course than a distance, bool, shape (N,)."""
        gaps = np.hypot(*(self.points[:, None, :] - other.points[None, :, :]).transpose(2, 0, 1))
        return np.asarray(gaps.min(axis=1) < distance)

    def first(self, which: Array) -> float | None:
        """How far it is to the first of some points, m; None where there is none."""
        return float(self.along[int(np.argmax(which))]) if which.any() else None


def narrow(course: Course, outlines: Outlines, clearance: float, width: float) -> Array:
    """Where a passage is too narrow for two robots beside one another.

    Args:
        course: The path of one of them.
        outlines: Everything that stands there.
        clearance: Distance that their bases keep to it, m.
        width: Distance that their bases keep to one another, m.

    Returns:
        bool, shape (N,): whether the bases have less than ``width`` of room across the path.
    """
    points = course.points
    if len(points) < 2 or not outlines.names:
        return np.zeros(len(points), bool)
    ahead = np.gradient(points, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    across = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
    steps = np.arange(0.0, width + _BESIDE, _BESIDE)
    room = np.zeros(len(points))
    for sign in (1.0, -1.0):
        beside = points[:, None, :] + sign * steps[:, None] * across[:, None, :]
        free = (outlines.distances(beside.reshape(-1, 2)).min(axis=1) >= clearance).reshape(len(points), -1)
        room += _BESIDE * np.maximum(0, np.cumprod(free, axis=1).sum(axis=1) - 1)
    return np.asarray(room < width)


@dataclass(frozen=True, slots=True)
class PassageClaim:
    """What a robot brings to a narrow place.

    Attributes:
        name: The robot.
        away: How far it has to go to the narrow place, m.
        yields: Whom it lets go first by now.
    """

    name: str
    away: float
    yields: tuple[str, ...] = ()


def has_to_wait(mine: PassageClaim, other: PassageClaim) -> bool:
    """Whether this robot lets another one go first; both come to opposite answers from the same data.

    Who is inside goes on; then who was let go first already, who is clearly nearer, and the one whose name comes first.
    """
    inside, other_inside = mine.away < INSIDE, other.away < INSIDE
    if inside != other_inside:
        return other_inside
    waiting, let_go = other.name in mine.yields, mine.name in other.yields
    if waiting != let_go:
        return waiting
    if not inside and abs(mine.away - other.away) > AS_NEAR:
        return mine.away > other.away
    return mine.name > other.name


def refuge(
    outlines: Outlines, here: Point, others: Sequence[Course], distance: float, clearance: float
) -> Point | None:
    """The next corner of the shortest way to a place that leaves other robots their paths; None where there is none.

    Args:
        outlines: Everything to keep clear of.
        here: The robot in ``map``, m.
        others: The paths to be left.
        distance: Distance to be kept to these, m.
        clearance: Distance to be kept to everything else, m.
    """
    taken = np.concatenate([other.points for other in others])
    way = find_refuge(outlines, here, taken, distance, limits_from(outlines, here, clearance))
    return way[0] if way else None
