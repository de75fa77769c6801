"""Outlines of objects in the ground plane, and distances to them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.paths.distance_field import SEEN, DistanceField
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
_ROUND = ("sphere", "cylinder")
_TINY = 1e-9
_FAR = 10.0  # m; from where an object's depth along a line is looked at


def outline_distance(thing: SceneObject, x: float, y: float) -> float:
    """Distance from a point to an object's outline, m; negative inside. A place is a point.

    Args:
        thing: The object.
        x: In ``map``, m.
        y: In ``map``, m.
    """
    dx, dy = x - thing.position[0], y - thing.position[1]
    if thing.shape in _ROUND:
        return math.hypot(dx, dy) - thing.radius
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    qx = abs(c * dx + s * dy) - thing.size[0] / 2
    qy = abs(-s * dx + c * dy) - thing.size[1] / 2
    return math.hypot(max(qx, 0.0), max(qy, 0.0)) + min(max(qx, qy), 0.0)


def surface_distance(thing: SceneObject, point: Array) -> float:
    """Distance of a point to the surface of an object, m, from outside or inside.

    Args:
        thing: A sphere, or something upright.
        point: In ``map``, m, shape (3,).
    """
    if thing.shape == "sphere":
        return abs(math.dist(point, thing.position) - thing.radius)
    aside = outline_distance(thing, float(point[0]), float(point[1]))
    above = abs(float(point[2]) - thing.position[2]) - thing.size[2] / 2
    if aside <= 0.0 and above <= 0.0:
        return min(-aside, -above)
    return math.hypot(max(aside, 0.0), max(above, 0.0))


def depth_along(thing: SceneObject, yaw: float) -> float:
    """From an object's centre to its outline against a direction, m.

    To its foremost point; with a hinge, which is flat and gives way, on the line itself.

    Args:
        thing: The object.
        yaw: The direction, rad.
    """
    if thing.hinge is not None:
        c, s = abs(math.cos(yaw - thing.yaw)), abs(math.sin(yaw - thing.yaw))
        return min(thing.size[0] / 2 / max(c, _TINY), thing.size[1] / 2 / max(s, _TINY))
    x, y = thing.position[0] - _FAR * math.cos(yaw), thing.position[1] - _FAR * math.sin(yaw)
    return _FAR - outline_distance(thing, x, y)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Many outlines at once, as arrays over M objects.

    Attributes:
        names: Ids of the objects.
        centre: m, shape (M, 2).
        axis: Unit vector of each object's own x, shape (M, 2).
        half: Half extents of the boxes, m, shape (M, 2); zero for round ones.
        radius: Radius of the round ones, m, shape (M,); zero for boxes.
        field: Further occupied cells of a grid, as one more outline, the last; or None.
        least: Distance from the robot's base that is kept to each outline where there is less clearance, m, shape (N,)
            for N names; None for none.
        endless: Names of walls that reach beyond everything.
    """

    names: tuple[str, ...]
    centre: Array
    axis: Array
    half: Array
    radius: Array
    field: DistanceField | None = None
    least: Array | None = None
    endless: frozenset[str] = frozenset()

    @classmethod
    def from_objects(cls, things: Iterable[SceneObject], field: DistanceField | None = None) -> Outlines:
        """Outlines of everything that has an extent; places are left out.

        Args:
            things: Objects of a map.
            field: Further occupied cells of a grid.
        """
        solid = [thing for thing in things if thing.shape != "point"]
        round_ = np.array([thing.shape in _ROUND for thing in solid], dtype=bool)
        size = np.array([thing.size[:2] for thing in solid], dtype=float).reshape(-1, 2)
        yaw = np.array([thing.yaw for thing in solid], dtype=float)
        return cls(
            names=(*(thing.id for thing in solid), *((SEEN,) if field is not None else ())),
            centre=np.array([thing.position[:2] for thing in solid], dtype=float).reshape(-1, 2),
            axis=np.stack([np.cos(yaw), np.sin(yaw)], axis=-1).reshape(-1, 2),
            half=np.where(round_[:, None], 0.0, size / 2),
            radius=np.where(round_, size[:, 0] / 2, 0.0),
            field=field,
        )

    def without_cells_at(self, field: DistanceField, within: float) -> DistanceField:
        """A field without the occupied cells that are near an outline.

        Args:
            field: The field.
            within: Distance up to which a cell is left out, m.
        """
        taken = field.taken.copy()
        if self.names:
            taken[taken] = self.distances(field.grid.centres()[taken]).min(axis=1) > within
        return replace(DistanceField.from_grid(field.grid, taken), here=field.here, spare=field.spare)

    def without(self, names: Collection[str]) -> Outlines:
        """The same without some objects, such as those that the robot carries."""
        count = len(self.centre)
        kept = np.array([name not in names for name in self.names[:count]], dtype=bool)
        if kept.all():
            return self
        rows = np.concatenate([kept, np.ones(len(self.names) - count, dtype=bool)])
        return replace(
            self,
            names=tuple(name for name, stays in zip(self.names, rows.tolist(), strict=True) if stays),
            centre=self.centre[kept], axis=self.axis[kept], half=self.half[kept], radius=self.radius[kept],
            least=None if self.least is None else self.least[rows],
        )  # fmt: skip

    def distances(self, points: Array) -> Array:
        """Distance of every point to every outline, m, negative inside.

        Args:
            points: In ``map``, m, shape (N, 2).

        Returns:
            Shape (N, M).
        """
        named = self._named(points)
        if self.field is None:
            return named
        return np.concatenate([named, self.field.distances(points)[:, None]], axis=1)

    def room(self, points: Array) -> Array:
        """As :meth:`distances`, for planning: a robot that stands too near to an occupied cell may leave."""
        if self.field is None:
            return self._named(points)
        return np.concatenate([self._named(points), self.field.room(points)[:, None]], axis=1)

    def unseen(self, points: Array) -> Array:
        """Which points lie in a grid on unseen floor, bool, shape (N,)."""
        return np.zeros(len(points), bool) if self.field is None else self.field.unseen(points)

    def _named(self, points: Array) -> Array:
        """Distances to the objects of the map."""
        d = points[:, None, :] - self.centre
        along = np.abs(d[..., 0] * self.axis[:, 0] + d[..., 1] * self.axis[:, 1]) - self.half[:, 0]
        across = np.abs(d[..., 1] * self.axis[:, 0] - d[..., 0] * self.axis[:, 1]) - self.half[:, 1]
        outside = np.sqrt(np.maximum(along, 0.0) ** 2 + np.maximum(across, 0.0) ** 2)
        return outside + np.minimum(np.maximum(along, across), 0.0) - self.radius

    def bounds(self) -> tuple[Array, Array]:
        """Lower and upper corner around everything, m, each shape (2,); the origin where there is nothing."""
        ends = np.array([name not in self.endless for name in self.names[: len(self.centre)]], dtype=bool)
        turn = np.abs(self.axis[ends])
        half, centre = self.half[ends], self.centre[ends]
        along = turn[:, 0] * half[:, 0] + turn[:, 1] * half[:, 1]
        across = turn[:, 1] * half[:, 0] + turn[:, 0] * half[:, 1]
        reach = np.stack([along, across], axis=-1) + self.radius[ends][:, None]
        low, high = centre - reach, centre + reach
        if self.field is not None and self.field.corners is not None:
            low, high = np.vstack([low, self.field.corners[0]]), np.vstack([high, self.field.corners[1]])
        return (low.min(axis=0), high.max(axis=0)) if len(low) else (np.zeros(2), np.zeros(2))
