"""What is seen now over a drawn map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skill_stack.core.world.occupancy_grid import OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2

MARGIN = 4.0
"""How far beyond what is seen now the map counts, m; more takes more time, and the robot moves on."""
BLIND = 8.0
"""The same around a robot that sees nothing, m, in each direction, besides."""


def around(drawn: OccupancyGrid, centre: tuple[float, float]) -> OccupancyGrid:
    """The part of a map around a place, in ``map``, m."""
    corners = np.array([(-BLIND, -BLIND), (BLIND, -BLIND), (-BLIND, BLIND), (BLIND, BLIND)])
    return _window(drawn, corners + centre)


def over_map(drawn: OccupancyGrid, live: OccupancyGrid) -> OccupancyGrid:
    """A map with what is seen now drawn over it.

    Args:
        drawn: The map.
        live: The present measurements, in ``map``.

    Returns:
        Cells of the size of the map's, around what is seen now.
    """
    height, width = live.cells.shape
    out = _window(drawn, live.placed(np.array([(0, 0), (width, 0), (0, height), (width, height)])))
    seen = live.at(out.centres().reshape(-1, 2)).reshape(out.cells.shape)
    cells = np.where(seen == UNKNOWN, out.cells, seen)
    column, row = np.floor(out.places(live.centres()[live.occupied])).astype(int).T
    cells[row, column] = OCCUPIED  # none of them may fall between the centres of the map's cells
    return replace(out, cells=cells, stamp=live.stamp, source=live.source)


def _window(drawn: OccupancyGrid, corners: np.ndarray) -> OccupancyGrid:
    """The part of a map that holds points and a margin around them, unknown beyond the map."""
    margin, places = round(MARGIN / drawn.resolution), drawn.places(corners)
    low = np.floor(places.min(axis=0)).astype(int) - margin
    width, height = np.ceil(places.max(axis=0)).astype(int) + margin - low
    x, y = drawn.placed(low[None])[0]
    cells = _cut(drawn.cells, low, (int(height), int(width)))
    return replace(drawn, origin=Pose2(float(x), float(y), drawn.origin.yaw), cells=cells)


def _cut(cells: np.ndarray, low: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A window of a map's cells, unknown where it goes beyond the map."""
    out = np.full(shape, UNKNOWN, np.int8)
    column, row = low
    first = np.maximum((row, column), 0)
    last = np.minimum((row + shape[0], column + shape[1]), cells.shape)
    if (last > first).all():
        part = cells[first[0] : last[0], first[1] : last[1]]
        out[first[0] - row : last[0] - row, first[1] - column : last[1] - column] = part
    return out
