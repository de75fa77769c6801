"""Shape: the signed distance to the surface of a body, which is all that a fit needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.connector.grasping.distance_grid import DistanceGrid
from skill_stack.core.errors import UnknownName
from skill_stack.core.world.object_body import solid_of
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
KINDS = ("box", "cylinder", "sphere", "mesh")
_STEP = 1e-6  # m, for normals
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """A body about the middle of its bounding box, upright along z.

    Attributes:
        kind: ``box``, ``cylinder``, ``sphere`` or ``mesh``.
        half: Half of its extents, m, shape (3,).
        grid: The distance to a mesh; the others have exact ones.
    """

    kind: str
    half: Array
    grid: DistanceGrid | None = None

    @classmethod
    def from_object(cls, thing: SceneObject) -> Shape:
        """The shape of an object of the scene.

        Raises:
            UnknownName: It has no body that a hand could hold.
            DataError: Its mesh file is missing or unusable.
        """
        if thing.shape not in KINDS:
            raise UnknownName("shape that a hand can hold", thing.shape, KINDS)
        grid = _grid(thing) if thing.shape == "mesh" else None
        return cls(thing.shape, np.array(thing.size) / 2.0, grid)

    def distance(self, points: Array) -> Array:
        """Distance of points to the surface, m, negative within.

        Args:
            points: In the body's frame, m, shape (n, 3).
        """
        if self.grid is not None:
            return self.grid(points)
        if self.kind == "sphere":
            return np.asarray(np.linalg.norm(points, axis=1) - self.half[0])
        if self.kind == "cylinder":
            rim = np.hypot(points[:, 0], points[:, 1]) - self.half[0]
            beyond = np.stack((rim, np.abs(points[:, 2]) - self.half[2]), axis=1)
        else:
            beyond = np.abs(points) - self.half
        outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        return np.asarray(outside + np.minimum(beyond.max(axis=1), 0.0))

    def normals(self, points: Array) -> Array:
        """Outward normals of the surface nearest to points, shape (n, 3)."""
        step = _STEP if self.grid is None else 0.5 * self.grid.cell
        steps = step * np.concatenate((np.eye(3), -np.eye(3)))
        around = self.distance((points + steps[:, None]).reshape(-1, 3)).reshape(2, 3, len(points))
        out = (around[0] - around[1]).T
        size = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(size, 1e-12))

    def surface(self, origin: Array, direction: Array) -> Array:
        """Where a ray from within leaves the body, m, shape (3,).

        Args:
            origin: A point within, m, shape (3,).
            direction: Any length, shape (3,).
        """
        direction = direction / np.linalg.norm(direction)
        near, far = 0.0, 2.0 * float(np.linalg.norm(self.half)) + float(np.linalg.norm(origin))
        for _ in range(_HALVINGS):
            middle = 0.5 * (near + far)
            inside = self.distance((origin + middle * direction)[None])[0] < 0.0
            near, far = (middle, far) if inside else (near, middle)
        return np.asarray(origin + near * direction)


def _grid(thing: SceneObject) -> DistanceGrid:
    """The distance grid of an object's mesh, kept for the next grasp of it."""
    key = (thing.mesh, thing.size)
    if key not in _GRIDS:
        while len(_GRIDS) >= KEPT:
            del _GRIDS[next(iter(_GRIDS))]
        _GRIDS[key] = DistanceGrid(solid_of(thing))
    return _GRIDS[key]


KEPT = 8
"""Number of bodies whose grids are kept; one takes some 2 MB and a second."""
_GRIDS: dict[tuple[str, tuple[float, float, float]], DistanceGrid] = {}
