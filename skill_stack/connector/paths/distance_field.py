"""DistanceField: distance of points to the occupied cells of a grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
Point = tuple[float, float]
SEEN = "something that was seen"
"""Name of outlines that are in the grid and not in the map."""

EXPLAINED = 0.12
"""Distance from the outline of a known object within which occupied cells belong to it, m: maps and cameras differ."""

FAR = 1e3
"""Distance where nothing is occupied, m."""

RELIEF = 0.5
"""Distance around a robot that stands too near to an obstacle within which it may leave, m."""


@dataclass(frozen=True, slots=True)
class DistanceField:
    """Signed distances over the floor of ``map``.

    Attributes:
        grid: The grid, in ``map``.
        taken: Cells that count as taken, shape of the grid.
        signed: Distance from each cell's centre to the edge of what is taken, m, negative inside; shape of the grid.
        unknown: Unseen cells, shape of the grid.
        corners: Lower and upper corner around what is taken, m, each shape (2,); None where nothing is.
        here: Where the robot stands, in ``map``, m.
        spare: What is added to distances at ``here``, and less and less around it, so that a robot that stands too near
            may leave, m.
    """

    grid: OccupancyGrid
    taken: Array
    signed: Array
    unknown: Array
    corners: tuple[Array, Array] | None
    here: Point = (0.0, 0.0)
    spare: float = 0.0

    @classmethod
    def from_grid(cls, grid: OccupancyGrid, taken: Array) -> DistanceField:
        """Measures distances.

        Args:
            grid: The grid, in ``map``.
            taken: Cells that count as taken, bool, shape of the grid.
        """
        if not taken.any():
            return cls(grid, taken, np.full(taken.shape, FAR), grid.unknown, None)
        half = grid.resolution / 2
        outside = ndimage.distance_transform_edt(~taken) * grid.resolution
        inside = ndimage.distance_transform_edt(taken) * grid.resolution
        points = grid.centres()[taken]
        corners = (points.min(axis=0) - half, points.max(axis=0) + half)
        return cls(grid, taken, np.where(taken, half - inside, outside - half), grid.unknown, corners)

    def distances(self, points: Array) -> Array:
        """Distance of points to occupied cells, m, negative inside; outside the grid a lower bound.

        Args:
            points: In ``map``, m, shape (N, 2).

        Returns:
            Shape (N,).
        """
        places = self.grid.places(points) - 0.5
        height, width = self.signed.shape
        clamped = np.clip(places, 0.0, (width - 1.0, height - 1.0))
        near = ndimage.map_coordinates(self.signed, clamped[:, ::-1].T, order=1, mode="nearest")
        off = np.hypot(*(places - clamped).T) * self.grid.resolution
        # The grid is convex: whatever lies in it is at least as far as this from a point beside it.
        return np.where(off > 0.0, np.hypot(np.maximum(near, 0.0), off), near)

    def room(self, points: Array) -> Array:
        """As :meth:`distances`, reduced around a robot that stands too near."""
        distances = self.distances(points)
        if not self.spare:
            return distances
        away = np.hypot(*(np.asarray(points) - self.here).T)
        return distances + self.spare * np.clip(1.0 - away / RELIEF, 0.0, 1.0)

    def unseen(self, points: Array) -> Array:
        """Which points lie in unseen cells, bool, shape (N,); False outside the grid."""
        column, row = np.floor(self.grid.places(points)).astype(int).T
        height, width = self.unknown.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        out = np.zeros(len(column), bool)
        out[inside] = self.unknown[row[inside], column[inside]]
        return out


def in_map(grid: OccupancyGrid, odom: Pose2) -> OccupancyGrid:
    """The same grid in ``map``.

    Args:
        grid: The grid.
        odom: Where ``odom`` lies in ``map``.
    """
    if grid.frame == "map":
        return grid
    return replace(grid, frame="map", origin=odom.compose(grid.origin))
