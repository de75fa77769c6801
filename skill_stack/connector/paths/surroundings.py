"""Surroundings: obstacles around the robot, from the map of named objects and an occupancy grid."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skill_stack.connector.paths.distance_field import EXPLAINED, DistanceField, in_map
from skill_stack.connector.paths.floor_memory import FloorMemory
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.errors import DataError
from skill_stack.core.spatial import solids
from skill_stack.core.world.occupancy_grid import FREE, FREE_UP_TO, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject

Objects = Mapping[str, SceneObject]
Place = tuple[float, float]
_STRIDE = 2.0  # m: a robot that sees nothing looks at the map around the nearest multiple of it
_AHEAD = 0.2  # s by which a grid may be newer than the newest status
_GONE_SHARE = 0.9  # of the floor where a thing should stand that must be seen free before it counts as gone
_SEEN_SHARE = 0.1  # of its cells that must be taken before a thing counts as seen whose floor is else seen free
_INSIDE = np.linspace(-0.4, 0.4, 7)  # of its extent: where that is looked at


class _Rest(NamedTuple):
    """Pose of ``odom`` for a grid in that frame, objects to keep, and the middle of the map where there is no grid."""

    odom: Pose2 | None
    wanted: frozenset[str]
    centre: Place | None


@dataclass(frozen=True, slots=True)
class _Made:
    """Inputs of the outlines: grid, drawn map, objects, and the rest."""

    grid: OccupancyGrid | None
    drawn: OccupancyGrid | None
    objects: Objects
    rest: _Rest
    remembered: int

    def has_floor_of(self, other: _Made) -> bool:
        """Whether grid and map, and where they lie, are the other's."""
        placed = (self.rest.odom, self.rest.centre) == (other.rest.odom, other.rest.centre)
        floor = (self.grid is other.grid, self.drawn is other.drawn, self.remembered == other.remembered)
        return placed and all(floor)


class Surroundings:
    """Keeps the newest grid and merges it with the map.

    While the grid is fresh, occupied cells that belong to no known thing are obstacles, too; known things whose cells
    are measured as free are not; and unknown cells are avoided where there is another way. Otherwise only the map of
    named things is used, with the walls of a SLAM map. A fresh grid has precedence over the drawn map. What was seen is
    remembered until it is seen otherwise.

    Attributes:
        age_limit: Age from which a grid is no longer used, s.
        keep: Widest clearance of the robot, m.
        last: What was to be kept clear of in the last cycle.
        memory: What was seen before.
    """

    def __init__(self, age_limit: float, keep: float) -> None:
        """Begins with the map alone.

        Args:
            age_limit: Age from which a grid is no longer used, s.
            keep: Widest clearance of the robot, m.
        """
        self.age_limit, self.keep = age_limit, keep
        self.memory = FloorMemory()
        self._grid: OccupancyGrid | None = None
        self._drawn: OccupancyGrid | None = None
        self._made: _Made | None = None
        self._outlines = self.last = Outlines.from_objects(())
        self._doubt = ""

    @property
    def doubt(self) -> str:
        """Why the last grid was not used in the last cycle; empty when it was, or there was none."""
        return self._doubt

    def take(self, grid: OccupancyGrid, objects: Objects, odom: Pose2) -> None:
        """Takes a new grid; its preprocessing is done here, not in a cycle.

        Args:
            grid: The grid.
            objects: Things of the map.
            odom: Where ``odom`` lies in ``map``.
        """
        self._grid = grid
        self._remember(in_map(grid, odom), objects)
        self._make(grid, objects, odom, self._made.rest.wanted if self._made else frozenset(), None)

    def take_map(self, drawn: OccupancyGrid) -> None:
        """Takes a drawn map, which holds until there is another.

        Args:
            drawn: The map, in ``map``.

        Raises:
            DataError: It is in another frame.
        """
        if drawn.frame != "map":
            raise DataError(f"a drawn map is given in map, not in {drawn.frame}")
        self._drawn = drawn

    def forget(self) -> None:
        """Drops the grid and what was seen, for example when time restarted."""
        self._grid, self._made = None, None
        self.memory.forget()

    def look(self, objects: Objects, odom: Pose2, now: float, here: Pose2 | None, wanted: Collection[str]) -> Outlines:
        """All present obstacles, also kept in :attr:`last`.

        Args:
            objects: Things of the map.
            odom: Where ``odom`` lies in ``map``.
            now: Task time, s.
            here: The robot in ``map``, or None when unknown.
            wanted: Names of things in requests: they stay, whatever the grid contains.
        """
        grid = self._grid if self._usable(now) else None
        centre = None if here is None else (round(here.x / _STRIDE) * _STRIDE, round(here.y / _STRIDE) * _STRIDE)
        self._make(grid, objects, odom, frozenset(wanted) & objects.keys(), centre)
        self.last = self._outlines
        field = self._outlines.field
        if field is not None and here is not None:
            place = (here.x, here.y)
            spare = max(0.0, self.keep - float(field.distances(np.array([place]))[0]))
            if spare:
                self.last = replace(self._outlines, field=replace(field, here=place, spare=spare))
        return self.last

    def _usable(self, now: float) -> bool:
        """Whether the newest grid is usable; keeps the reason if not."""
        self._doubt = ""
        if self._grid is None:
            return False
        age = now - self._grid.stamp
        if age > self.age_limit:
            self._doubt = f"the occupancy grid of {self._grid.source} is {age:.1f} s old (limit {self.age_limit:g} s)"
        elif age < -_AHEAD:
            self._doubt = f"the occupancy grid of {self._grid.source} is {-age:.1f} s ahead of the robot's time"
        return not self._doubt

    def _make(
        self, grid: OccupancyGrid | None, objects: Objects, odom: Pose2, wanted: frozenset[str], centre: Place | None
    ) -> None:
        """Outlines of map and grid, rebuilt only after a change."""
        place = odom if grid is not None and grid.frame == "odom" else None
        seen = grid is not None
        rest = _Rest(place, wanted if seen else frozenset(), None if seen or self._drawn is None else centre)
        made, self._made = self._made, _Made(grid, self._drawn, objects, rest, self.memory.version)
        floor = made is not None and made.has_floor_of(self._made)
        if made is not None and floor and objects is made.objects and rest == made.rest:
            return
        before = self._outlines.field if floor else None
        live = None if grid is None else in_map(grid, odom)
        known = self.memory.over(self._drawn, live, rest.centre)
        there = self.memory.left(objects, rest.wanted)
        if known is None:
            self._outlines = Outlines.from_objects(there.values())
        else:
            self._outlines = joined(known, there, rest.wanted, before, live)

    def _remember(self, live: OccupancyGrid, objects: Objects) -> None:
        """Keeps what is seen now for when it is out of view."""
        named = [thing for thing in objects.values() if thing.shape != "point" and not _is_of_grid(thing, live)]
        unexplained, seen = _explained(live, named)
        self.memory.learn(live, unexplained)
        gone = {thing.id: thing for thing in named if thing.id not in seen and _is_gone(live, thing)}
        self.memory.note_gone(gone, seen)


def _is_of_grid(thing: SceneObject, live: OccupancyGrid | None) -> bool:
    """Whether it is a wall that a camera saw and no map states, and high enough for the grid.

    Walls on both sides of a doorway, and a door that is shut in it, are one to a camera; the grid has each cell.
    """
    return live is not None and thing.kind == "wall" and thing.confidence < 1.0 and solids.top(thing) > live.above


def joined(
    grid: OccupancyGrid, objects: Objects, wanted: Collection[str], before: DistanceField | None = None,
    live: OccupancyGrid | None = None,
) -> Outlines:  # fmt: skip
    """Outlines of the map's objects, without those whose place is seen free, and of other obstacles in the grid.

    Args:
        grid: A grid in ``map``: everything that is known.
        live: The present measurements, in ``map``; only these can remove a thing.
        objects: Things of the map; walls that a camera saw are left to the grid.
        wanted: Names of things that stay, whatever the grid contains.
        before: Distances that were measured in the same grid, perhaps with other things.
    """
    stays = [thing for thing in objects.values() if thing.id in wanted or not _is_of_grid(thing, live)]
    named = [thing for thing in stays if thing.shape != "point"]
    unexplained, seen = _explained(grid, named)
    left = [
        thing for thing in named
        if thing.id in seen or thing.id in wanted or live is None or not _is_gone(live, thing)
    ]  # fmt: skip
    if before is None or not np.array_equal(unexplained, before.taken):
        before = DistanceField.from_grid(grid, unexplained)
    return Outlines.from_objects(left, before)


def _explained(grid: OccupancyGrid, named: Sequence[SceneObject]) -> tuple[np.ndarray, frozenset[str]]:
    """Occupied cells that belong to no object, shape of the grid, and the objects that others belong to."""
    taken = grid.occupied
    if not named:
        return taken.copy(), frozenset()
    unexplained = taken.copy()
    distances = Outlines.from_objects(named).distances(grid.centres()[taken])
    belongs = distances <= EXPLAINED + grid.resolution / 2
    unexplained[taken] = ~belongs.any(axis=1)
    # Each cell speaks for the nearest object alone, so that walls beside a door tell nothing of the door.
    cells = np.bincount(distances.argmin(axis=1)[belongs.any(axis=1)], minlength=len(named))
    whole = np.array([one.size[0] * one.size[1] for one in named]) / grid.resolution**2
    seen = (cells >= 1) & (cells >= _SEEN_SHARE * whole)
    return unexplained, frozenset(one.id for one, found in zip(named, seen, strict=True) if found)


def _is_gone(grid: OccupancyGrid, thing: SceneObject) -> bool:
    """Whether the floor at the place of an object is seen free, by what would see the object."""
    if solids.top(thing) <= grid.above:
        return False
    ahead, aside = (axis.ravel() for axis in np.meshgrid(_INSIDE, _INSIDE))
    inside = (thing.shape == "box") | (ahead**2 + aside**2 <= 0.25)
    x, y = ahead[inside] * thing.size[0], aside[inside] * thing.size[1]
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    points = np.stack([thing.position[0] + c * x - s * y, thing.position[1] + s * x + c * y], axis=-1)
    values = grid.at(points)
    return bool(((values >= FREE) & (values <= FREE_UP_TO)).mean() >= _GONE_SHARE)
