"""Waypoints: points to be walked to in order, around obstacles."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.paths.clearance import Point, limits_from, way_is_free
from skill_stack.connector.paths.detour import Detour
from skill_stack.connector.paths.steering import Driver
from skill_stack.core.world.scene import SceneObject

_ARRIVED = 0.2
"""Distance at which an intermediate point counts as reached, m; the last one is reached exactly."""


class Waypoints:
    """Follows a list of points.

    Attributes:
        points: Those that are still to be reached, in ``map``, m.
    """

    def __init__(self, context: GuideContext, points: list[Point], skip: int = 0) -> None:
        """Takes the points.

        Args:
            context: What the guide is made with.
            points: In ``map``, m.
            skip: How many points in a row may be left out where there is no way to them.
        """
        self.points = points
        self._skip = skip
        self._skipped = 0
        side = context.footprint.side
        self._clearances = (side + context.settings.clearance, side + context.settings.tight_clearance)
        self._driver = Driver(context.settings)
        self._detour: Detour | None = None
        self._bent = False

    def left(self, here: Point) -> float:
        """Length of the remaining straight lines, m."""
        line = [here, *self.points]
        return sum(math.dist(a, b) for a, b in zip(line, line[1:], strict=False))

    @property
    def path(self) -> tuple[Point, ...]:
        """The remaining way, with the corners of a detour to the next point, in ``map``, m."""
        return (*(self._detour.way[:-1] if self._bent and self._detour else ()), *self.points)

    def follow(self, view: GuideView) -> dict[str, float]:
        """Velocities towards the next point; none where all are reached.

        Raises:
            GuideFailure: There is no free way to it.
        """
        here = (view.pose.x, view.pose.y)
        while len(self.points) > 1 and math.dist(here, self.points[0]) < _ARRIVED:
            self.points, self._detour, self._skipped = self.points[1:], None, 0
        if not self.points:
            return {"vx": 0.0, "vy": 0.0, "wz": 0.0}
        aim = self.points[0]
        self._bent = not way_is_free(view.outlines, here, aim, limits_from(view.outlines, here, self._clearances[1]))
        if self._bent:
            corner = self._around(view, aim)
            if corner is None:
                if len(self.points) == 1 or self._skipped >= self._skip:
                    raise GuideFailure("way is free", f"there is no free way to ({aim[0]:.1f}, {aim[1]:.1f}) m")
                self.points, self._detour, self._skipped = self.points[1:], None, self._skipped + 1
                return self.follow(view)
            aim = corner
        return self._driver.towards(view.pose.bearing_to(*aim), self.left(here))

    def _around(self, view: GuideView, aim: Point) -> Point | None:
        """The next corner of a path to a point, or None where there is none."""
        place = SceneObject("waypoint", "place", (*aim, 0.0), 0.0, "point")
        if self._detour is None:
            self._detour = Detour(self._clearances, (0.0, _ARRIVED))
        found = self._detour.next_corner(view.outlines, (view.pose.x, view.pose.y), place, view.now)
        return None if found is None else found[0]


def room_at(view: GuideView, point: Point) -> float:
    """Distance from a point to the nearest outline, m; infinite where there is none."""
    distances = view.outlines.distances(np.array([point]))
    return float(distances.min()) if distances.size else math.inf


def reach_of(thing: SceneObject) -> float:
    """Distance from an object's centre to the farthest point of its outline, m."""
    return thing.radius if thing.shape in ("sphere", "cylinder") else math.hypot(thing.size[0], thing.size[1]) / 2


def seen_from(thing: SceneObject, x: float, y: float) -> tuple[Point, Point]:
    """Unit vectors from a viewer to the centre of an object, and to the left of that."""
    dx, dy = thing.position[0] - x, thing.position[1] - y
    norm = math.hypot(dx, dy) or 1.0
    return (dx / norm, dy / norm), (-dy / norm, dx / norm)


def bearing_around(thing: SceneObject, x: float, y: float) -> float:
    """Direction from an object's centre to a point, rad."""
    return math.atan2(y - thing.position[1], x - thing.position[0])
