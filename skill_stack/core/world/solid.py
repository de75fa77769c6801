"""MeshBody: a body of any shape, as closed surfaces whose union it is and as convex parts for physics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class MeshBody:
    """A body about the middle of its bounding box.

    Attributes:
        surfaces: Closed triangle meshes, outward, whose union is the body: vertices, m, shape (n, 3), and faces,
            shape (m, 3), int.
        parts: Vertices of convex parts, m, each of shape (n, 3); together nearly the body.
    """

    surfaces: tuple[tuple[Array, Array], ...]
    parts: tuple[Array, ...]

    @property
    def bounds(self) -> Array:
        """Least and greatest coordinates, m, shape (2, 3)."""
        points = np.concatenate([vertices for vertices, _ in self.surfaces])
        return np.array([points.min(axis=0), points.max(axis=0)])

    @property
    def size(self) -> Array:
        """Extents, m, shape (3,)."""
        return np.ptp(self.bounds, axis=0)

    @property
    def volumes(self) -> Array:
        """Of the convex parts, m³, shape (parts,)."""
        from scipy.spatial import ConvexHull  # slow to import; only who has meshes needs it

        return np.array([ConvexHull(part).volume for part in self.parts])

    def scaled(self, factors: Array) -> MeshBody:
        """The body stretched about its middle.

        Args:
            factors: Along x, y and z, all positive, shape (3,).
        """
        middle = self.bounds.mean(axis=0)
        surfaces = tuple((factors * (vertices - middle), faces) for vertices, faces in self.surfaces)
        return MeshBody(surfaces, tuple(factors * (part - middle) for part in self.parts))


def convex_solid(*parts: Array) -> MeshBody:
    """The union of the convex hulls of point sets, each of shape (n, 3), m.

    Raises:
        DataError: A set is flat.
    """
    from scipy.spatial import ConvexHull, QhullError  # slow to import; only who has meshes needs it

    surfaces = []
    for points in parts:
        try:
            hull = ConvexHull(points)
        except (QhullError, ValueError) as error:
            raise DataError(f"a convex part has no volume: {str(error).splitlines()[0]}") from error
        vertices, faces = points[hull.vertices], np.searchsorted(hull.vertices, hull.simplices)
        a, b, c = (vertices[faces[:, corner]] for corner in range(3))
        inward = np.einsum("ij,ij->i", np.cross(b - a, c - a), hull.equations[:, :3]) < 0.0
        faces[inward] = faces[inward][:, ::-1]
        surfaces.append((vertices, faces))
    return MeshBody(tuple(surfaces), tuple(vertices for vertices, _ in surfaces))
