"""Detour: follows a path around obstacles, and searches again when the scene changes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.paths.clearance import Point, limits_from, shortcut_is_free, way_is_free
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.core.world.scene import SceneObject

_ARRIVED = 0.15  # m; a corner counts as reached
_MOVED = 0.1  # m; a target that moved farther needs a new way
_PERIOD = 0.5  # s; new ways are searched at most this often
_SLACK = 0.05  # m; a way that was searched with a clearance may be missed by this much before it is given up


@dataclass(slots=True)
class Detour:
    """A path that is being followed.

    Attributes:
        clearances: Distances from the base to outlines that are tried in turn, m.
        reach: Distances from the target's outline (a place: from the point) at which the way may end, m.
    """

    clearances: tuple[float, ...]
    reach: tuple[float, float]
    _way: tuple[Point, ...] = ()
    _target: Point = (0.0, 0.0)
    _clearance: float = 0.0
    _searched: float = -math.inf
    _failed: bool = False

    @property
    def way(self) -> tuple[Point, ...]:
        """Corners that are left, in ``map``, m."""
        return self._way

    def clear(self) -> None:
        """Clears the path; the next call searches."""
        self._way = ()

    def next_corner(
        self, outlines: Outlines, here: Point, target: SceneObject, now: float
    ) -> tuple[Point, float] | None:
        """The next point to walk to.

        Args:
            outlines: Everything known.
            here: The robot in ``map``, m.
            target: Where the way leads.
            now: Task time, s.

        Returns:
            The next corner and the length that is left, m; None when there is no way.
        """
        place = (target.position[0], target.position[1])
        while len(self._way) > 1 and math.dist(here, self._way[0]) < _ARRIVED:
            self._way = self._way[1:]
        due = now - self._searched >= _PERIOD
        if (not self._way and (due or not self._failed)) or (due and self._outdated(outlines, here, target)):
            self._search(outlines, here, target)
            self._target, self._searched, self._failed = place, now, not self._way
        if not self._way:
            return None
        self._skip(outlines, here, target)
        points = [here, *self._way]
        return self._way[0], sum(math.dist(a, b) for a, b in zip(points, points[1:], strict=False))

    def _search(self, outlines: Outlines, here: Point, target: SceneObject) -> None:
        centre = (target.position[0], target.position[1])
        self._way = ()
        for clearance in self.clearances:
            self._way = find_way(outlines, here, centre, self.reach, clearance, target.id)
            self._clearance = clearance
            if self._way:
                return

    def _limits(self, outlines: Outlines, here: Point, target: SceneObject, clearance: float) -> np.ndarray:
        """Distances to keep; for the target only as far as the path's end is from it."""
        limits = limits_from(outlines, here, clearance)
        if target.id in outlines.names:
            index = outlines.names.index(target.id)
            limits[index] = min(limits[index], self.reach[0] - _SLACK)
        return limits

    def _outdated(self, outlines: Outlines, here: Point, target: SceneObject) -> bool:
        """Whether the target or an obstacle changed."""
        if math.dist(self._target, target.position[:2]) > _MOVED:
            return True
        limits = self._limits(outlines, here, target, self._clearance - _SLACK)
        points = [here, *self._way]
        return not all(way_is_free(outlines, a, b, limits) for a, b in zip(points, points[1:], strict=False))

    def _skip(self, outlines: Outlines, here: Point, target: SceneObject) -> None:
        """Skips to the farthest corner that can be reached in a straight line."""
        limits = self._limits(outlines, here, target, self._clearance)
        for index in range(len(self._way) - 1, 0, -1):
            if shortcut_is_free(outlines, here, self._way[: index + 1], limits):
                self._way = self._way[index:]
                return
