"""FloorMap: free and occupied floor, accumulated from looks and scans."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, REMEMBERED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.object_track import ObjectTrack
from skill_stack.perception.scene.partial_objects import on_surface

Array = np.ndarray
CELL = 0.05  # m
SIZE = 240  # cells on a side: 12 m
LOW, HIGH = 0.04, 1.0
"""Heights between which something is an obstacle for a robot on the floor, m."""
FREE_STEP, TAKEN_STEP, MOST = -1.0, 2.0, 8.0
"""Increments of a look for a free and an occupied cell, and the largest sum: occupied counts more than free."""
RECENT = 2.0
"""Time since the last look at an occupied cell up to which it counts as in view, s."""
LEAST_POINTS = 2
BESIDE = 0.05
"""Distance up to which points belong to what is carried, m: it is known within 3 cm."""


class FloorMap:
    """A grid in the frame of the looks that moves with the robot."""

    def __init__(self, frame: str = "map", source: str = "depth camera") -> None:
        """Starts unknown.

        Args:
            frame: Frame of the looks, ``map`` or ``odom``.
            source: The sensor, for people.
        """
        self._frame, self._source, self._above = frame, source, 0.0
        self._sum = np.zeros((SIZE, SIZE), np.float32)
        self._seen = np.full((SIZE, SIZE), -np.inf)  # when each cell was, s
        self._corner: tuple[int, int] | None = None
        self._stamp = 0.0

    def add(self, seen: Observation, carried: Iterable[ObjectTrack] = ()) -> None:
        """Takes a look whose floor is known to be at height 0.

        Args:
            seen: The look.
            carried: What hands carry: it goes with the robot and takes no floor.
        """
        cloud = seen.cloud
        floor = next((one for one in seen.supports if one.floor), None)
        x, y, height = np.moveaxis(cloud.points, -1, 0)
        height = height - floor.height(x, y) if floor is not None else height
        slack = 2.5 * cloud.sigma(cloud.depth)
        taken = cloud.valid & (height > LOW + slack) & (height < HIGH)
        free = cloud.valid & (np.abs(height) < LOW + 0.5 * slack)
        flat = np.stack([x.ravel(), y.ravel()], axis=-1)
        for one in carried:
            shown = np.flatnonzero(taken)
            off, _ = on_surface(one, cloud.points.reshape(-1, 3)[shown])
            taken.flat[shown[off < BESIDE]] = False
        taken, free = (flat[np.flatnonzero(mask)] for mask in (taken, free))
        self.add_points(taken, free, cloud.eye, seen.stamp)

    def add_points(
        self, taken: Array, free: Array, eye: Array, stamp: float, least: int = LEAST_POINTS, above: float = 0.0
    ) -> None:
        """Takes places that were seen at once.

        Args:
            taken: Points on obstacles, m, shape (N, 2) or (N, 3).
            free: Points on free floor, likewise.
            eye: Where they were seen from, m, shape (2,) or (3,).
            stamp: When, s of task time.
            least: Points from which a cell counts as taken.
            above: Height from which something shows, m, see :class:`OccupancyGrid`.
        """
        self._follow(eye)
        taken, free = self._count(taken), self._count(free)
        change = np.where(taken >= least, TAKEN_STEP, np.where(free >= 1, FREE_STEP, 0.0))
        self._sum = np.clip(self._sum + change, -MOST, MOST).astype(np.float32)
        self._seen[change != 0.0] = stamp
        self._stamp, self._above = stamp, above

    def free(self, corners: Array) -> None:
        """Takes floor that a solid went over, whatever was seen there before.

        Args:
            corners: Of a convex outline, to the left one after the other, m, shape (N, 2).
        """
        if self._corner is None:
            return
        x, y = ((np.arange(SIZE) + corner + 0.5) * CELL for corner in self._corner)
        inside = np.ones(self._sum.shape, bool)
        for (from_x, from_y), (to_x, to_y) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            inside &= (to_x - from_x) * (y[:, None] - from_y) >= (to_y - from_y) * (x - from_x)
        self._sum[inside] = np.minimum(self._sum[inside], FREE_STEP)

    def _follow(self, eye: Array) -> None:
        """Keeps the eye in the middle half; cells that leave the grid are dropped."""
        wanted = (round(float(eye[0]) / CELL) - SIZE // 2, round(float(eye[1]) / CELL) - SIZE // 2)
        if self._corner is None:
            self._corner = wanted
        dx, dy = wanted[0] - self._corner[0], wanted[1] - self._corner[1]
        if max(abs(dx), abs(dy)) <= SIZE // 4:
            return
        moved, seen = np.zeros_like(self._sum), np.full_like(self._seen, -np.inf)
        rows, columns = _overlap(dy), _overlap(dx)
        moved[rows[0], columns[0]] = self._sum[rows[1], columns[1]]
        seen[rows[0], columns[0]] = self._seen[rows[1], columns[1]]
        self._sum, self._seen, self._corner = moved, seen, wanted

    def _count(self, points: Array) -> Array:
        """Points in each cell, shape (SIZE, SIZE)."""
        assert self._corner is not None
        column = np.floor(points[:, 0] / CELL).astype(int) - self._corner[0]
        row = np.floor(points[:, 1] / CELL).astype(int) - self._corner[1]
        inside = (column >= 0) & (column < SIZE) & (row >= 0) & (row < SIZE)
        return np.bincount(row[inside] * SIZE + column[inside], minlength=SIZE * SIZE).reshape(SIZE, SIZE)

    def grid(self) -> OccupancyGrid | None:
        """The grid, or None before the first look."""
        if self._corner is None:
            return None
        taken = np.where(self._stamp - self._seen <= RECENT, OCCUPIED, REMEMBERED)
        cells = np.where(self._sum > 0.5, taken, np.where(self._sum < -0.5, FREE, UNKNOWN)).astype(np.int8)
        origin = Pose2(self._corner[0] * CELL, self._corner[1] * CELL, 0.0)
        return OccupancyGrid(self._frame, CELL, origin, cells, self._stamp, self._source, self._above)


def _overlap(shift: int) -> tuple[slice, slice]:
    """Slices of the remaining cells after and before a shift of the corner."""
    if abs(shift) >= SIZE:
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(-shift, 0), SIZE - max(shift, 0)),
        slice(max(shift, 0), SIZE - max(-shift, 0)),
    )
