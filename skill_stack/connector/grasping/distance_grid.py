"""DistanceGrid: the signed distance to the surface of any body, on a grid."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from skill_stack.core.world.solid import MeshBody

Array = np.ndarray
CELLS = 56
"""Cells along the longest side of a body."""
MARGIN = 0.03
"""Width of the grid around the body, m; farther away the distance grows with that to the grid."""
_NEAR, _NEAREST = 3.5, 4
"""Cells up to which the distance is exact, and number of samples of the surface whose triangles may be the nearest."""
_SKEW = np.array([0.3137, 0.2718, 0.4142])
"""Shift of the grid in cells, so that no column meets an edge of a body that is aligned with the axes."""


class DistanceGrid:
    """Distance of points to a body, m, negative within; linear between the points of a grid.

    Attributes:
        cell: Width of a cell, m.
        skin: Points all over the surface, its edges and corners, m, shape (points, 3).
    """

    def __init__(self, solid: MeshBody) -> None:
        """Measures the distance at every point of the grid."""
        low, high = solid.bounds
        self.cell = float((high - low).max()) / CELLS
        self._low = low - MARGIN - _SKEW * self.cell
        self._shape = np.ceil((high + MARGIN - self._low) / self.cell).astype(int) + 1
        axes = [self._low[axis] + self.cell * np.arange(self._shape[axis]) for axis in range(3)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        values, skin = np.full(len(points), np.inf), []
        for vertices, faces in solid.surfaces:
            corners = vertices[faces]
            samples, owners = _samples(corners, self.cell)
            away = self._far(samples)
            near = np.flatnonzero(away < _NEAR * self.cell)
            away[near] = _unsigned(corners, samples, owners, points[near])
            values = np.minimum(values, np.where(_inside(corners, axes), -1.0, 1.0) * away)
            skin.append(samples)
        self._values = values
        self._strides = np.array([self._shape[1] * self._shape[2], self._shape[2], 1])
        square = np.array([[i * self._strides[0] + j * self._strides[1]] for i in (0, 1) for j in (0, 1)])
        self._corners = square, square + 1
        samples = np.concatenate(skin)
        _, first = np.unique(np.round(samples / self.cell).astype(int), axis=0, return_index=True)
        self.skin = samples[first][self(samples[first]) > -0.5 * self.cell]  # what lies within another part is none

    def _far(self, samples: Array) -> Array:
        """Distance of the grid's points to the nearest of its points with a sample of the surface beside it, m."""
        free = np.ones(self._shape, dtype=bool)
        free[tuple(np.round((samples - self._low) / self.cell).astype(int).T)] = False
        return np.asarray(self.cell * distance_transform_edt(free)).ravel()

    def surface(self, count: int, rng: np.random.Generator) -> Array:
        """Points all over the surface, in the body's frame, m, shape (count, 3)."""
        near = np.flatnonzero(np.abs(self._values) < 0.7 * self.cell)
        cells = np.stack(np.unravel_index(rng.choice(near, count), self._shape), axis=1)
        return np.asarray(self._low + self.cell * (cells + rng.uniform(-0.3, 0.3, cells.shape)))

    def __call__(self, points: Array) -> Array:
        """Distances of points in the body's frame, m, shape (n, 3)."""
        cells = (points - self._low) / self.cell
        kept = np.clip(cells, 0.0, self._shape - 1.001)
        whole = kept.astype(int)
        x, y, z = (kept - whole).T
        at = whole @ self._strides
        below, above = self._values[at + self._corners[0]], self._values[at + self._corners[1]]
        a, b, c, d = below + z * (above - below)  # at the corners (0, 0), (0, 1), (1, 0), (1, 1) of x and y
        a, b = a + y * (b - a), c + y * (d - c)
        found = a + x * (b - a)
        beyond = cells - kept
        return np.asarray(found + self.cell * np.sqrt(np.einsum("ij,ij->i", beyond, beyond)))


def _inside(corners: Array, axes: list[Array]) -> Array:
    """Whether points of a grid are inside of a closed surface: by its crossings of every column, shape (points,)."""
    x, y = (grid.ravel() for grid in np.meshgrid(axes[0], axes[1], indexing="ij"))
    flips = np.zeros((len(x), len(axes[2]) + 1), dtype=np.int32)
    for a, b, c in corners:
        near = np.flatnonzero(
            (x >= min(a[0], b[0], c[0])) & (x <= max(a[0], b[0], c[0]))
            & (y >= min(a[1], b[1], c[1])) & (y <= max(a[1], b[1], c[1]))
        )  # fmt: skip
        whole = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if not len(near) or abs(whole) < 1e-15:
            continue
        u = ((x[near] - a[0]) * (c[1] - a[1]) - (y[near] - a[1]) * (c[0] - a[0])) / whole
        v = ((b[0] - a[0]) * (y[near] - a[1]) - (b[1] - a[1]) * (x[near] - a[0])) / whole
        hit = (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
        height = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
        np.add.at(flips, (near[hit], np.searchsorted(axes[2], height[hit])), 1)
    return np.asarray(np.cumsum(flips, axis=1)[:, :-1] % 2 == 1).ravel()


def _unsigned(corners: Array, samples: Array, owners: Array, points: Array) -> Array:
    """Distance of points to triangles near them, m."""
    out, nearest = cKDTree(samples).query(points, k=_NEAREST)
    out = out[:, 0]
    for column in nearest.T:
        out = np.minimum(out, np.linalg.norm(points - _closest(corners[owners[column]], points), axis=1))
    return np.asarray(out)


def _samples(corners: Array, cell: float) -> tuple[Array, Array]:
    """Points all over triangles, one cell and a half apart at most, and their triangles."""
    points, owners = [], []
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    for count in np.unique(splits := np.maximum(1, np.ceil(longest / (1.5 * cell))).astype(int)):
        which = np.flatnonzero(splits == count)
        weights = np.array([[i, j, count - i - j] for i in range(count + 1) for j in range(count + 1 - i)]) / count
        points.append(np.einsum("wc,tcd->twd", weights, corners[which]).reshape(-1, 3))
        owners.append(np.repeat(which, len(weights)))
    return np.concatenate(points), np.concatenate(owners)


def _closest(triangles: Array, points: Array) -> Array:
    """The nearest point of a triangle to each point, shape (n, 3)."""
    import trimesh  # slow to import; only who has meshes needs it

    return np.asarray(trimesh.triangles.closest_point(triangles, points))
