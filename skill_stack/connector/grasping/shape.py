"""Shape: the distance to the surface of a box, cylinder or sphere, which is all that a fit needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
KINDS = ("box", "cylinder", "sphere")
_STEP = 1e-6  # m, for normals
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """A convex body about its own origin, upright along z.

    Attributes:
        kind: ``box``, ``cylinder`` or ``sphere``.
        half: Half of its extents, m, shape (3,).
    """

    kind: str
    half: Array

    @classmethod
    def from_object(cls, thing: SceneObject) -> Shape:
        """The shape of an object of the scene.

        Raises:
            UnknownName: It has no body that a hand could hold.
        """
        if thing.shape not in KINDS:
            raise UnknownName("shape that a hand can hold", thing.shape, KINDS)
        return cls(thing.shape, np.array(thing.size) / 2.0)

    def distance(self, points: Array) -> Array:
        """Distance of points to the surface, m, negative within.

        Args:
            points: In the body's frame, m, shape (n, 3).
        """
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
        out = np.empty_like(points)
        for axis in range(3):
            step = np.zeros(3)
            step[axis] = _STEP
            out[:, axis] = self.distance(points + step) - self.distance(points - step)
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
