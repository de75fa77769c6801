"""Path planning: A* on a coarse grid over the known scene, then straightened."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.paths.clearance import Point, in_sight, limits_from, shortcut_is_free
from skill_stack.connector.paths.object_outline import Outlines

Array = np.ndarray
CELL = 0.1
"""Edge of a grid cell, m; a third of the narrowest robot's width."""

_MARGIN = 1.0  # m of free floor considered around everything known
_COMFORT = 0.25  # m beyond the needed clearance over which cells cost more, so that ways run in the middle of gaps
_COMFORT_COST = 2.0
_UNSEEN_COST = 4.0  # times the length: nobody has seen the floor there, so that a longer way over known floor is better
_LARGEST_GRID = 250_000  # cells
_STEPS = [(i, j, math.hypot(i, j)) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells over the floor.

    Attributes:
        origin: Centre of cell (0, 0) in ``map``, m.
        free: Which cells may be entered, bool, shape (nx, ny).
        cost: Factor on the length of a step into a cell, shape (nx, ny).
    """

    origin: Point
    free: Array
    cost: Array

    def cell(self, point: Point) -> tuple[int, int]:
        """The cell of a point, clamped to the grid."""
        i = round((point[0] - self.origin[0]) / CELL)
        j = round((point[1] - self.origin[1]) / CELL)
        return min(max(i, 0), self.free.shape[0] - 1), min(max(j, 0), self.free.shape[1] - 1)

    def point(self, cell: tuple[int, int]) -> Point:
        """The centre of a cell, m."""
        return self.origin[0] + cell[0] * CELL, self.origin[1] + cell[1] * CELL

    def points(self) -> Array:
        """Centres of all cells, m, shape (nx * ny, 2)."""
        nx, ny = self.free.shape
        x = self.origin[0] + CELL * np.arange(nx)
        y = self.origin[1] + CELL * np.arange(ny)
        return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


    def occupy(self, outlines: Outlines, points: Array, distance: Array, limits: Array) -> Array:
        """Marks the cells that may be entered, and those that cost more.

        Args:
            outlines: Everything known.
            points: Centres of all cells, m, shape (N, 2).
            distance: Distance of each to every outline, m, shape (N, M).
            limits: Smallest distance to each outline, m, shape (M,).

        Returns:
            By how much each cell keeps more than these, m, shape (N,).
        """
        spare = (distance - limits).min(axis=1) if outlines.names else np.full(len(points), np.inf)
        self.free[:] = (spare >= 0).reshape(self.free.shape)
        self.cost[:] = (1 + _COMFORT_COST * np.clip(1 - spare / _COMFORT, 0, 1)).reshape(self.free.shape)
        self.cost[outlines.unseen(points).reshape(self.free.shape)] *= _UNSEEN_COST
        return np.asarray(spare)


def find_way(
    outlines: Outlines, start: Point, target: Point, reach: tuple[float, float], clearance: float, target_name: str = ""
) -> tuple[Point, ...]:
    """A path from ``start`` to positions between ``reach[0]`` and ``reach[1]`` from the target's outline.

    Args:
        outlines: Everything known; the target may be among it.
        start: In ``map``, m.
        target: Centre of the target, m.
        reach: Distances from the target's outline (a place: from the point) that count as there, m.
        clearance: Distance kept to every other outline, m.
        target_name: Id of the target among the outlines; empty for a place.

    Returns:
        Corner points without the start, the last one there; empty when there is no way.
    """
    limits = limits_from(outlines, start, clearance)
    if target_name in outlines.names:
        limits[outlines.names.index(target_name)] = min(clearance, reach[0])
    grid, there = _grid(outlines, start, target, reach, limits, target_name)
    if grid is None or not there.any():
        return ()
    cells = _search(grid, grid.cell(start), there, grid.cell(target))
    return _straighten(outlines, start, [grid.point(cell) for cell in cells[1:]], limits)


def find_refuge(
    outlines: Outlines, start: Point, taken: Array, distance: float, limits: Array
) -> tuple[Point, ...]:  # fmt: skip
    """The shortest path to a place that is far enough from some points.

    Args:
        outlines: Everything known.
        start: In ``map``, m.
        taken: Points to be left, m, shape (N, 2); not empty.
        distance: Distance to be kept to each of them at the end, m.
        limits: Smallest distance to each outline on the way, m, shape (M,).

    Returns:
        Corner points without the start; empty when there is no such place.
    """
    grid = _open_grid(outlines, np.vstack([taken, start]), distance + _MARGIN)
    if grid is None:
        return ()
    points = grid.points()
    grid.occupy(outlines, points, outlines.room(points), limits)
    gaps = np.hypot(*(points[:, None, :] - taken[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    there = grid.free & (gaps >= distance).reshape(grid.free.shape)
    if not there.any():
        return ()
    cells = _search(grid, grid.cell(start), there, grid.cell(start))
    return _straighten(outlines, start, [grid.point(cell) for cell in cells[1:]], limits)


def _open_grid(outlines: Outlines, ends: Array, margin: float) -> Grid | None:
    """Cells over everything known and some points, m, shape (N, 2), all free; None where the world is too large."""
    low, high = (ends, ends) if not outlines.names else map(np.atleast_2d, outlines.bounds())
    low = np.minimum(low.min(axis=0), ends.min(axis=0)) - margin
    high = np.maximum(high.max(axis=0), ends.max(axis=0)) + margin
    nx, ny = (int(n) for n in np.ceil((high - low) / CELL) + 1)
    if nx * ny > _LARGEST_GRID:
        return None
    return Grid((float(low[0]), float(low[1])), np.ones((nx, ny), bool), np.ones((nx, ny)))


def _grid(
    outlines: Outlines, start: Point, target: Point, reach: tuple[float, float], limits: Array, target_name: str
) -> tuple[Grid | None, Array]:
    """The grid and its goal cells; no grid where the world is too large."""
    grid = _open_grid(outlines, np.array([start, target]), _MARGIN)
    if grid is None:
        return None, np.zeros(0, dtype=bool)
    points = grid.points()
    distance = outlines.room(points)
    if target_name in outlines.names:
        from_target = distance[:, outlines.names.index(target_name)]
    else:
        from_target = np.hypot(*(points - np.asarray(target)).T)
    spare = grid.occupy(outlines, points, distance, limits)
    there = (from_target >= reach[0]) & (from_target <= reach[1]) & (spare >= 0)
    if outlines.least is not None:  # who begins nearer to a thing than is asked for may leave, but not end there
        there &= (distance >= outlines.least).all(axis=1)
    if target_name in outlines.names:
        # A thin wall leaves cells that are near enough, on its other side.
        near = np.flatnonzero(there)
        there[near] = in_sight(outlines, points[near], target, target_name)
    return grid, there.reshape(grid.free.shape)


def _search(grid: Grid, start: tuple[int, int], there: Array, target: tuple[int, int]) -> list[tuple[int, int]]:
    """Cheapest chain of cells from the start to a goal cell; empty when there is none."""
    nx, ny = there.shape
    radius = float(np.hypot(*(np.argwhere(there) - target).T).max()) + 1  # cells; keeps the estimate below the truth
    best = {start: 0.0}
    came: dict[tuple[int, int], tuple[int, int]] = {}
    queue = [(0.0, start)]
    done: set[tuple[int, int]] = set()
    while queue:
        _, cell = heapq.heappop(queue)
        if cell in done:
            continue
        done.add(cell)
        if there[cell]:
            chain = [cell]
            while chain[-1] in came:
                chain.append(came[chain[-1]])
            return chain[::-1]
        for di, dj, length in _STEPS:
            i, j = cell[0] + di, cell[1] + dj
            if not (0 <= i < nx and 0 <= j < ny) or not grid.free[i, j]:
                continue
            cost = best[cell] + length * float(grid.cost[i, j])
            if cost < best.get((i, j), math.inf):
                best[i, j] = cost
                came[i, j] = cell
                ahead = max(0.0, math.hypot(i - target[0], j - target[1]) - radius)
                heapq.heappush(queue, (cost + ahead, (i, j)))
    return []


def _straighten(outlines: Outlines, start: Point, points: list[Point], limits: Array) -> tuple[Point, ...]:
    """Drops every point that a free straight line makes superfluous."""
    kept: list[Point] = []
    here, rest = start, points
    while rest:
        index = len(rest) - 1
        while index > 0 and not shortcut_is_free(outlines, here, rest[: index + 1], limits):
            index -= 1
        here = rest[index]
        kept.append(here)
        rest = rest[index + 1 :]
    return tuple(kept)
