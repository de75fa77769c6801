"""OccupancyGrid: known free and occupied floor, from perception or a saved map."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
UNKNOWN, FREE, OCCUPIED = -1, 0, 100
"""Values of cells, as in ``nav_msgs/OccupancyGrid``; between free and occupied lies a probability in percent."""

REMEMBERED = 99
"""Value of a cell that was seen occupied and is out of view now, in a grid that keeps such cells."""

OCCUPIED_FROM = 65
"""Percent from which a cell counts as occupied; the default ``occupied_thresh`` of Nav2's map server."""

FREE_UP_TO = 25
"""Percent up to which a cell counts as free; the default ``free_thresh`` of Nav2's map server."""

FRAMES = ("map", "odom")
"""Frames of a grid; a namespace before them is removed where messages are read."""


@dataclass(frozen=True, slots=True, eq=False)
class OccupancyGrid:
    """Square cells over the floor.

    Attributes:
        frame: ``map`` or ``odom``.
        resolution: Edge of a cell, m.
        origin: Pose in ``frame`` of the corner of cell (0, 0) with the smallest x and y; its yaw turns the whole grid.
        cells: int8, shape (height, width), ``cells[row, column]`` with rows along the grid's y and columns along its x
            (a message's ``data`` reshaped): -1 unknown, 0 free to 100 occupied.
        stamp: When it was measured, s of task time; the newest measurement in it counts.
        source: Origin of the grid, e.g. ``depth camera``.
        above: Height over the floor from which something shows in it, m: of a laser that scans at one height, that
            height. Free floor does not exclude lower things.
    """

    frame: str
    resolution: float
    origin: Pose2
    cells: Array
    stamp: float
    source: str = "perception"
    above: float = 0.0

    def __post_init__(self) -> None:
        """Checks frame, numbers and values; raises DataError with what would be right."""
        if self.frame not in FRAMES:
            raise DataError(f"an occupancy grid is given in one of {', '.join(FRAMES)}, not in '{self.frame}'")
        if not (math.isfinite(self.resolution) and self.resolution > 0):
            raise DataError(f"an occupancy grid needs a resolution above 0 m, not {self.resolution}")
        if not all(map(math.isfinite, (self.origin.x, self.origin.y, self.origin.yaw, self.stamp))):
            raise DataError("an occupancy grid needs a finite origin and a finite stamp")
        cells = np.asarray(self.cells)
        if cells.ndim != 2 or not cells.size:
            raise DataError(f"cells of an occupancy grid have shape (height, width), both above 0, not {cells.shape}")
        if not np.issubdtype(cells.dtype, np.integer) or cells.min() < UNKNOWN or cells.max() > OCCUPIED:
            raise DataError("cells of an occupancy grid are whole numbers: -1 unknown, 0 free to 100 occupied")
        kept = cells.astype(np.int8)
        kept.setflags(write=False)
        object.__setattr__(self, "cells", kept)

    @property
    def occupied(self) -> Array:
        """Which cells are occupied, bool, shape (height, width)."""
        return np.asarray(self.cells >= OCCUPIED_FROM)

    @property
    def free(self) -> Array:
        """Which cells are known to be free, bool, shape (height, width)."""
        return np.asarray((self.cells >= FREE) & (self.cells <= FREE_UP_TO))

    @property
    def unknown(self) -> Array:
        """Which cells are unseen or uncertain, bool, shape (height, width)."""
        return ~(self.occupied | self.free)

    def centres(self) -> Array:
        """Centres of all cells in ``frame``, m, shape (height, width, 2)."""
        height, width = self.cells.shape
        cells = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
        return self.placed(cells)

    def placed(self, places: Array) -> Array:
        """Points whose coordinates in cells are known, see :meth:`places`.

        Args:
            places: Column and row as fractions, shape (..., 2).

        Returns:
            In ``frame``, m, same shape.
        """
        x, y = places[..., 0] * self.resolution, places[..., 1] * self.resolution
        c, s = math.cos(self.origin.yaw), math.sin(self.origin.yaw)
        return np.stack([self.origin.x + c * x - s * y, self.origin.y + s * x + c * y], axis=-1)

    def places(self, points: Array) -> Array:
        """Coordinates of points in cells: (0.5, 0.5) is the centre of the first one.

        Args:
            points: In ``frame``, m, shape (N, 2).

        Returns:
            Column and row as fractions, shape (N, 2).
        """
        d = np.asarray(points, float) - (self.origin.x, self.origin.y)
        c, s = math.cos(self.origin.yaw), math.sin(self.origin.yaw)
        return np.stack([c * d[:, 0] + s * d[:, 1], c * d[:, 1] - s * d[:, 0]], axis=-1) / self.resolution

    def seen(self, x: float, y: float) -> bool:
        """Whether anything is known of the floor at a point of ``frame``, m."""
        return bool(self.at(np.array([(x, y)]))[0] != UNKNOWN)

    def at(self, points: Array) -> Array:
        """Values of the cells that contain points; unknown outside the grid.

        Args:
            points: In ``frame``, m, shape (N, 2).

        Returns:
            int8, shape (N,).
        """
        column, row = np.floor(self.places(points)).astype(int).T
        height, width = self.cells.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        out = np.full(len(column), UNKNOWN, np.int8)
        out[inside] = self.cells[row[inside], column[inside]]
        return out
