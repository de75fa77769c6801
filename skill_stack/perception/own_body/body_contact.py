"""BodyContact: what a walking body runs into goes along with it, and the floor behind that is free."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.own_body.pushed_leaves import PushedLeaves
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.hinged_panels import HingedPanels
from skill_stack.perception.scene.object_track import ObjectTrack

Array = np.ndarray
BELLY, HEAD = 0.6, 1.5
"""Shares of the standing height between which a body meets what reaches there: it steps over what is lower, and walks
under what is higher. Of what is hidden in part the lower end may seem high.
"""
LARGEST = 0.8
"""Extent from which on a thing is furniture or a wall and is not pushed along, m."""
LEAN, BESIDE = 0.1, 0.05
"""How much shorter and narrower than its outline a body counts, m: a chest leans back, and places have errors."""
STEP = 0.005
"""Way between two looks from which on a direction is known, m."""
SLACK = 0.1
"""Distance behind the front of a body up to which a thing was before it, m."""
TRAIL = 0.5
"""Distance behind a pushed thing up to which its way is freed again, m: looks at its edges come late."""
UNSURE = 0.05
"""Standard deviation of the place of a thing that was pushed out of sight, m."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Extent along a direction and across it, from a body's base, m."""

    low: float
    high: float
    right: float
    left: float

    def beside(self, other: _Span) -> bool:
        """Whether one passes the other."""
        return self.left <= other.right or other.left <= self.right

    def shifted(self, along: float) -> _Span:
        """The same further along, m."""
        return replace(self, low=self.low + along, high=self.high + along)

    def corners(self, base: Pose2, heading: float) -> Array:
        """Its corners in the frame of the base's pose, m, shape (4, 2)."""
        c, s = math.cos(heading), math.sin(heading)
        along = np.array([self.low, self.high, self.high, self.low])
        across = np.array([self.right, self.right, self.left, self.left])
        return np.stack([base.x + c * along - s * across, base.y + s * along + c * across], axis=-1)


class BodyContact:
    """Feels with the body what a camera before it no longer sees.

    Two solids are not in one place: what the body would be in was pushed along, and so was what that met. The floor
    that body and things went over is free.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Takes the robot's outline.

        Args:
            robot: A robot that walks.
        """
        self._heights = BELLY * robot.stand_height, HEAD * robot.stand_height
        around, side = robot.footprint, robot.footprint.side - BESIDE
        self._body = np.array([(LEAN - around.back, -side), (around.front - LEAN, side)])
        self._leaves = PushedLeaves()
        self._ways: dict[str, float] = {}  # how far things were pushed without a break, m, by id
        self._last: Pose2 | None = None

    def take(self, base: Pose2, tracks: Iterable[ObjectTrack], panels: HingedPanels, floor: FloorMap) -> None:
        """Takes where the body is now.

        Args:
            base: The base, in the frame of the looks.
            tracks: What is known to stand about, without what hands hold; what was pushed is moved.
            panels: Doors; the leaves that were pushed are turned.
            floor: The floor; what was gone over is freed.
        """
        was, self._last = self._last, base
        floor.free(self._seen_along(0.0).corners(base, base.yaw))
        way = (0.0, 0.0) if was is None else (base.x - was.x, base.y - was.y)
        self._leaves.take(base, way, self._body, self._heights[1], panels, floor)
        step, heading = math.hypot(*way), math.atan2(way[1], way[0])
        if step < STEP:
            return
        body = self._seen_along(base.yaw - heading)
        pushing, ways = [(body, body.high - step - SLACK)], dict[str, float]()
        likely = [(_span(one, base, heading), one) for one in tracks if self._may_meet(one)]
        for span, track in sorted(likely, key=lambda one: one[0].low):
            ahead = [mine for mine, from_ in pushing if span.low > from_ and not span.beside(mine)]
            shift = max((mine.high - span.low for mine in ahead), default=0.0)
            if shift <= 0.0:
                continue
            now = span.shifted(shift)
            track.push((shift * math.cos(heading), shift * math.sin(heading)), UNSURE)
            ways[track.id] = self._ways.get(track.id, 0.0) + shift
            back = min(ways[track.id], TRAIL) + SLACK
            behind = _Span(now.low - back, now.low - SLACK / 2, span.right - BESIDE, span.left + BESIDE)
            floor.free(behind.corners(base, heading))
            pushing.append((now, span.low))
        self._ways = ways

    def _seen_along(self, turn: float) -> _Span:
        """The body, turned from the direction that it goes in, rad."""
        c, s = math.cos(turn), math.sin(turn)
        corners = [(x, y) for x in self._body[:, 0] for y in self._body[:, 1]]
        along, across = [c * x - s * y for x, y in corners], [s * x + c * y for x, y in corners]
        return _Span(min(along), max(along), min(across), max(across))

    def _may_meet(self, track: ObjectTrack) -> bool:
        """Whether a thing is where the body is high, and no furniture."""
        height, half = float(track.position[2]), float(track.size[2]) / 2
        low, high = self._heights
        return height - half < high and height + half > low and float(track.size[:2].max()) < LARGEST


def _span(track: ObjectTrack, base: Pose2, heading: float) -> _Span:
    """Where a thing is from a base, along and across a direction."""
    c, s = math.cos(heading), math.sin(heading)
    dx, dy = float(track.position[0]) - base.x, float(track.position[1]) - base.y
    along, across = c * dx + s * dy, c * dy - s * dx
    long, wide = (float(value) / 2 for value in track.size[:2])
    if track.shape == "box":
        c, s = abs(math.cos(track.yaw - heading)), abs(math.sin(track.yaw - heading))
        long, wide = c * long + s * wide, s * long + c * wide
    return _Span(along - long, along + long, across - wide, across + wide)
