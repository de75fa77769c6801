"""SearchMap: seen floor, and the probability of the searched object on the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
CELL = 0.1
"""Side of a cell, m."""
RAYS = 180
"""Number of directions of rays from a place."""
BESIDE = 0.25
"""Distance up to which occupied cells occlude cells of the same obstacle, m."""
NEVER = 1e6


@dataclass(frozen=True, slots=True)
class Room:
    """An area of the floor with its probability.

    Attributes:
        name: Its name; empty without a name.
        low: Corner with the smallest coordinates, m.
        high: The opposite one, m.
        weight: How much likelier what is looked for is here than elsewhere, per area.
    """

    name: str
    low: tuple[float, float]
    high: tuple[float, float]
    weight: float = 1.0


class SearchMap:
    """A rectangle of floor in the map.

    Attributes:
        rooms: Its parts.
        likely: Weight of each cell, shape (rows, columns); rows along y, columns along x.
        seen: Which cells have been looked at.
        taken: Where something stands.
        free: Where the floor was seen to be free.
    """

    def __init__(self, rooms: Sequence[Room], radius: float, reach: float, view: float) -> None:
        """Starts unseen.

        Args:
            rooms: What is to be searched; what lies in none of them is not.
            radius: Of the body in the plane, m.
            reach: Distance up to which what is looked for would be known, m.
            view: Angle of view, rad.
        """
        self.rooms = tuple(rooms)
        self._low = np.min([room.low for room in rooms], axis=0)
        high = np.max([room.high for room in rooms], axis=0)
        columns, rows = np.ceil((high - self._low) / CELL).astype(int).tolist()
        self.likely: np.ndarray = np.zeros((rows, columns))
        for room in rooms:
            (a, b), (c, d) = (self.cell(corner) for corner in (room.low, room.high))
            self.likely[a:c, b:d] = np.maximum(self.likely[a:c, b:d], room.weight)
        self.seen, self.taken = np.zeros((rows, columns), bool), np.zeros((rows, columns), bool)
        self.free = np.zeros((rows, columns), bool)
        self._radius, self._reach, self._view = radius, reach, view
        self._bearings = np.arange(RAYS) * 2 * math.pi / RAYS
        self._steps = np.arange(1, int(reach / CELL) + 1) * CELL

    def cell(self, place: Sequence[float]) -> tuple[int, int]:
        """Row and column of a place, m; beyond the edge for one outside."""
        column, row = np.floor((np.asarray(place[:2]) - self._low) / CELL + 1e-9).astype(int).tolist()
        return row, column

    def place(self, cell: tuple[int, int]) -> tuple[float, float]:
        """Centre of a cell, m."""
        return float(self._low[0] + (cell[1] + 0.5) * CELL), float(self._low[1] + (cell[0] + 0.5) * CELL)

    def take(self, grid: OccupancyGrid, eye: Pose2) -> None:
        """Takes a look: its grid, and its viewpoint."""
        self._merge(grid)
        shown = self._cast(np.array([[eye.x, eye.y]]))[0]
        ahead = np.abs((self._bearings - eye.yaw + math.pi) % (2 * math.pi) - math.pi) <= self._view / 2
        rows, columns = shown[0][ahead], shown[1][ahead]
        there = shown[2][ahead]
        self.seen[rows[there], columns[there]] = True
        row, column = self.cell((eye.x, eye.y))
        near = round(self._radius / CELL)
        self.seen[max(row - near, 0) : row + near + 1, max(column - near, 0) : column + near + 1] = True

    def _merge(self, grid: OccupancyGrid) -> None:
        """Cells of a finer grid merged: occupied where any part is, free where any is seen and none occupied."""
        rows, columns = self.taken.shape
        taken, free = np.zeros((rows, columns), bool), np.zeros((rows, columns), bool)
        for cells, out in ((grid.occupied, taken), (grid.free, free)):
            row, column = np.nonzero(cells)
            x = grid.origin.x + (column + 0.5) * grid.resolution
            y = grid.origin.y + (row + 0.5) * grid.resolution
            r = np.floor((y - self._low[1]) / CELL).astype(int)
            c = np.floor((x - self._low[0]) / CELL).astype(int)
            inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
            out[r[inside], c[inside]] = True
        self.taken = taken | (self.taken & ~free)  # a grid forgets what it left behind; what stands there stays
        closed = ndimage.binary_closing(free, np.ones((3, 3)), iterations=2)  # rows of pixels far away lie apart
        self.free = (closed | self.free) & ~taken

    def _cast(self, places: Array) -> list[tuple[Array, Array, Array]]:
        """Cells in every direction from places, and whether no known obstacle occludes them."""
        rows, columns = self.taken.shape
        direction = np.stack([np.cos(self._bearings), np.sin(self._bearings)], axis=1)
        out = []
        for place in places:
            points = place + direction[:, None, :] * self._steps[:, None]
            c, r = np.moveaxis(np.floor((points - self._low) / CELL).astype(int), -1, 0)
            inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
            r, c = r.clip(0, rows - 1), c.clip(0, columns - 1)
            blocked = np.cumsum(self.taken[r, c] & inside, axis=1) > 0
            out.append((r, c, inside & ~blocked))
        return out

    @property
    def looked(self) -> float:
        """Seen floor, m²."""
        return float((self.seen & (self.likely > 0)).sum()) * CELL**2

    @property
    def unseen(self) -> Array:
        """Weight of unseen floor, shape (rows, columns); the inside of obstacles has none."""
        hidden = ndimage.binary_dilation(self.taken, iterations=round(BESIDE / CELL))
        left = (self.likely > 0) & ~self.seen & ~self.taken
        left = ndimage.binary_opening(left, np.ones((2, 2)))  # nothing fits into a single cell
        pockets, count = ndimage.label(left)
        if count:
            open_ = ndimage.maximum(left & ~hidden, pockets, np.arange(1, count + 1)) > 0
            left &= np.concatenate([[False], open_])[pockets]
        return np.where(left, self.likely, 0.0)

    def shown(self, places: Array) -> Array:
        """Indices of the cells in every direction from places, shape (places, directions, steps).

        What is outside or has something known before it is the number of all cells, which is none.

        Args:
            places: m, shape (N, 2).
        """
        count = self.taken.size
        return np.array([np.where(ok, r * self.taken.shape[1] + c, count) for r, c, ok in self._cast(places)])

    def worth(self, shown: Array, unseen: Array) -> Array:
        """Visible weight in each direction, shape (places, directions).

        Args:
            shown: Of :meth:`shown`.
            unseen: Weight of each cell, flat, and a last 0.
        """
        spread = np.minimum(self._steps * (2 * math.pi / RAYS) / CELL, 1.0)  # far rays lie farther apart than cells
        return np.asarray((unseen[shown] * spread).sum(axis=2))

    def ahead(self, worth: Array, headings: int) -> Array:
        """Sums within the field of view, shape (places, headings); heading h looks towards 2πh / headings."""
        out = np.empty((len(worth), headings))
        for number in range(headings):
            off = self._bearings - 2 * math.pi * number / headings
            inside = np.abs((off + math.pi) % (2 * math.pi) - math.pi) <= self._view / 2
            out[:, number] = worth[:, inside].sum(axis=1)
        return out

    def gains(self, places: Array, headings: int = 12) -> Array:
        """Weighted gain of views, shape (places, headings); heading h looks towards 2πh / headings.

        Args:
            places: m, shape (N, 2).
            headings: How many directions are tried.
        """
        return self.ahead(self.worth(self.shown(places), np.append(self.unseen, 0.0)), headings)

    def hidden(self, places: Array, thing: Array, radius: float) -> Array:
        """From which places a known obstacle occludes an object, bool, shape (N,).

        Args:
            places: m, shape (N, 2).
            thing: Middle of the thing, m, shape (2,).
            radius: Of the thing, m; what is taken around it is the thing itself.
        """
        rows, columns = self.taken.shape
        share = np.linspace(0.0, 1.0, 32)[:, None, None]
        points = places + share * (thing - places)
        c, r = np.moveaxis(np.floor((points - self._low) / CELL).astype(int), -1, 0)
        known = self.taken[r.clip(0, rows - 1), c.clip(0, columns - 1)]
        before = np.hypot(*np.moveaxis(points - thing, -1, 0)) > radius + BESIDE
        return np.asarray((known & before).any(axis=0))

    def reach(self, start: Pose2) -> tuple[Array, Array]:
        """Path length to each reachable cell, m, and its predecessor; NEVER for the others.

        Both have shape (rows, columns); the second holds flat numbers, negative where there is none.
        """
        rows, columns = self.taken.shape
        row, column = self.cell((start.x, start.y))
        row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
        graph = self._ways((row, column))
        far, before = dijkstra(graph, directed=False, indices=row * columns + column, return_predecessors=True)
        far = np.where(np.isfinite(far), far, NEVER).reshape(rows, columns)
        return far, before.reshape(rows, columns)

    def between(self, start: Pose2, cells: Array) -> Array:
        """Path lengths between cells, m, shape (N, N); NEVER without a path.

        Args:
            start: Where the body is.
            cells: Rows and columns, shape (N, 2).
        """
        columns = self.taken.shape[1]
        numbers = cells[:, 0] * columns + cells[:, 1]
        far = dijkstra(self._ways(self.cell((start.x, start.y))), directed=False, indices=numbers)[:, numbers]
        return np.where(np.isfinite(far), far, NEVER)

    def _ways(self, here: tuple[int, int]) -> csr_array:
        """Steps between neighbouring reachable cells, from the body's position."""
        rows, columns = self.taken.shape
        room = ndimage.distance_transform_edt(~self.taken) * CELL
        open_ = (self.free | self.seen) & (room > self._radius)
        near = round(self._radius / CELL) + 1
        around = (slice(max(here[0] - near, 0), here[0] + near + 1), slice(max(here[1] - near, 0), here[1] + near + 1))
        open_[around] |= ~self.taken[around]  # where it stands it can stand
        numbers = np.arange(rows * columns).reshape(rows, columns)
        links = []
        for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
            a = (slice(0, rows - dr), slice(max(-dc, 0), columns - max(dc, 0)))
            b = (slice(dr, rows), slice(max(dc, 0), columns - max(-dc, 0)))
            both = open_[a] & open_[b]
            links.append((numbers[a][both], numbers[b][both], math.hypot(dr, dc) * CELL))
        first = np.concatenate([one for one, _, _ in links])
        second = np.concatenate([other for _, other, _ in links])
        length = np.concatenate([np.full(len(one), far) for one, _, far in links])
        return coo_array((length, (first, second)), shape=(rows * columns,) * 2).tocsr()

    def way(self, before: Array, cell: tuple[int, int]) -> list[tuple[float, float]]:
        """Places on the path to a cell, m, the first one at the body."""
        columns = before.shape[1]
        flat = before.ravel()
        at, out = cell[0] * columns + cell[1], []
        while at >= 0:
            out.append(self.place((at // columns, at % columns)))
            at = int(flat[at])
        return out[::-1]

    @property
    def frontiers(self) -> Array:
        """Free cells beside unseen ones, shape (N, 2): rows and columns."""
        unseen = ndimage.binary_dilation(self.unseen > 0, np.ones((3, 3)))
        return np.argwhere(self.free & unseen)
