"""FloorMemory: what was seen to block the floor, after it is out of view."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from skill_stack.connector.paths.map_overlay import BLIND, MARGIN, around, over_map
from skill_stack.core.world.occupancy_grid import FREE, FREE_UP_TO, OCCUPIED, REMEMBERED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray
CELL = 0.05
"""Edge of a remembered cell, m."""
NEAR = 1.0
"""Distance from the robot up to which nothing is given up, m."""
PATIENT, CALM = 90.0, 60.0
"""Time for which a robot that finds no way goes on to give up what it has seen, s, and time without that after which it
begins anew, s."""


class FloorMemory:
    """Keeps occupied cells of earlier grids until the floor there is seen free, and which known objects were gone.

    A passage that was found closed is thereby not tried again. Where nothing is left but what is remembered to be
    closed, :meth:`doubt` gives up what was seen longest ago until it is seen again, also where a grid keeps it
    (:data:`skill_stack.core.world.occupancy_grid.REMEMBERED`). A robot that is shut in comes to an end with that.

    Attributes:
        version: Changes with what is remembered.
        gone: Objects of the map whose floor was seen free, as the map had them then.
    """

    def __init__(self) -> None:
        """Begins with nothing."""
        self._cells = np.zeros((0, 2), dtype=int)  # in `map`, in multiples of CELL
        self._stamps = np.zeros(0)
        self._doubted = np.zeros(0, dtype=np.int64)  # keys of cells
        self._gives_up_since = self._gave_up = -math.inf  # task time, s
        self.gone: dict[str, SceneObject] = {}
        self.version = 0

    def learn(self, live: OccupancyGrid, unexplained: Array) -> None:
        """Takes what is seen now.

        Args:
            live: The present measurements, in ``map``.
            unexplained: Occupied cells that belong to no known object, bool, shape of the grid.
        """
        values = live.at(self._points())
        stays = ~((values >= FREE) & (values <= FREE_UP_TO))
        kept, centres = unexplained & (live.cells == REMEMBERED), live.centres()
        new, old = _cells(centres[unexplained & ~kept]), _cells(centres[kept])
        self._doubted = np.setdiff1d(self._doubted, _keys(new))
        old = old[~np.isin(_keys(old), self._doubted)]
        both = np.vstack([new, self._cells[stays], old])
        stamps = np.concatenate([np.full(len(new), live.stamp), self._stamps[stays], np.full(len(old), live.stamp)])
        cells, first = np.unique(both, axis=0, return_index=True)  # the first of two alike: when it was seen last
        if len(cells) != len(self._cells) or (cells != self._cells).any():
            self.version += 1
        self._cells, self._stamps = cells, stamps[first]

    def note_gone(self, gone: Mapping[str, SceneObject], seen: frozenset[str]) -> None:
        """Takes which objects of the map are seen to be gone, and which to be there."""
        before = dict(self.gone)
        self.gone = {name: thing for name, thing in {**self.gone, **gone}.items() if name not in seen}
        self.version += before != self.gone

    def left(self, objects: Mapping[str, SceneObject], wanted: Collection[str]) -> dict[str, SceneObject]:
        """Objects of the map without those that were seen to be gone from where it has them.

        Args:
            objects: The objects.
            wanted: Ids of those that stay all the same.
        """
        gone = {name for name, one in self.gone.items() if name in objects and one.position == objects[name].position}
        return {name: one for name, one in objects.items() if name in wanted or name not in gone}

    def doubt(self, here: Pose2, now: float) -> bool:
        """Forgets the older half of what is remembered away from the robot; False where nothing is.

        What is near stays: beside and behind itself a robot may not see what it would run into.

        Args:
            here: The robot in ``map``.
            now: Task time, s.
        """
        if now > self._gave_up + CALM:
            self._gives_up_since = now
        far = np.hypot(*(self._points() - (here.x, here.y)).T) > NEAR
        if not far.any() or now > self._gives_up_since + PATIENT:
            return False
        stays = ~far | (self._stamps > np.median(self._stamps[far]))
        around = [self._cells[~stays] + (dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]  # odometry drifts
        self._doubted = np.setdiff1d(np.union1d(self._doubted, _keys(np.vstack(around))), _keys(self._cells[stays]))
        self._gave_up = now
        self._cells, self._stamps = self._cells[stays], self._stamps[stays]
        self.version += 1
        return True

    def forget(self) -> None:
        """Forgets everything."""
        self._cells, self._stamps, self.gone = self._cells[:0], self._stamps[:0], {}
        self._doubted = self._doubted[:0]
        self.version += 1

    def over(
        self, drawn: OccupancyGrid | None, live: OccupancyGrid | None, centre: tuple[float, float] | None
    ) -> OccupancyGrid | None:
        """Everything known of the floor: what is seen now, over what is remembered, over a drawn map.

        Args:
            drawn: A drawn map, in ``map``; None where there is none.
            live: The present measurements, in ``map``; None where nothing is seen.
            centre: What is looked at where nothing is seen, m; None for nothing.

        Returns:
            A grid in ``map``; None where nothing is known.
        """
        points = self._points()
        live = None if live is None else self._without_doubted(live)
        if drawn is not None:
            known = over_map(drawn, live) if live is not None else None if centre is None else around(drawn, centre)
        else:
            known = _widened(live, points) if len(points) else live
        if known is None or not len(points):
            return known
        column, row = np.floor(known.places(points)).astype(int).T
        height, width = known.cells.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        cells = known.cells.copy()
        cells[row[inside], column[inside]] = OCCUPIED
        return replace(known, cells=cells)

    def _without_doubted(self, live: OccupancyGrid) -> OccupancyGrid:
        """The grid, unknown where it keeps what was given up."""
        kept = np.argwhere(live.cells == REMEMBERED)
        if not len(kept) or not len(self._doubted):
            return live
        row, column = kept[np.isin(_keys(_cells(live.placed(kept[:, ::-1] + 0.5))), self._doubted)].T
        cells = live.cells.copy()
        cells[row, column] = UNKNOWN
        return replace(live, cells=cells)

    def _points(self) -> Array:
        """Centres of the remembered cells, m, shape (N, 2)."""
        return (self._cells + 0.5) * CELL


def _cells(points: Array) -> Array:
    """The cells of points, shape (N, 2)."""
    return np.asarray(np.floor(points / CELL).astype(int))


def _keys(cells: Array) -> Array:
    """A number for each cell."""
    return np.asarray(cells[:, 0].astype(np.int64) * 2**32 + cells[:, 1])


def _widened(live: OccupancyGrid | None, points: Array) -> OccupancyGrid | None:
    """A grid that holds what is seen now and the remembered cells around it; floor that it adds counts as free.

    Args:
        live: The present measurements, in ``map``; None where nothing is seen.
        points: Remembered cells, m, shape (N, 2).
    """
    if live is None:
        low, high, reach = points.min(axis=0), points.max(axis=0), 2 * BLIND
        stamp, source = 0.0, "memory"
    else:
        height, width = live.cells.shape
        corners = live.placed(np.array([(0, 0), (width, 0), (0, height), (width, height)]))
        low, high, reach = corners.min(axis=0), corners.max(axis=0), 2 * MARGIN
        stamp, source = live.stamp, live.source
    low = np.maximum(np.minimum(low, points.min(axis=0)), low - reach) - CELL
    high = np.minimum(np.maximum(high, points.max(axis=0)), high + reach) + CELL
    low = np.floor(low / CELL) * CELL
    width, height = np.ceil((high - low) / CELL).astype(int)
    out = OccupancyGrid("map", CELL, Pose2(float(low[0]), float(low[1]), 0.0),
                        np.full((int(height), int(width)), FREE, np.int8), stamp, source)  # fmt: skip
    if live is None:
        return out
    centres = out.centres().reshape(-1, 2)
    seen = live.at(centres)
    place = live.places(centres)
    beyond = (place < 0).any(axis=-1) | (place >= (live.cells.shape[1], live.cells.shape[0])).any(axis=-1)
    cells = np.where(beyond & (seen == UNKNOWN), FREE, seen).astype(np.int8).reshape(out.cells.shape)
    column, row = np.floor(out.places(live.centres()[live.occupied])).astype(int).T
    cells[row, column] = OCCUPIED  # none of them may fall between the centres of the new cells
    return replace(out, cells=cells, above=live.above)
