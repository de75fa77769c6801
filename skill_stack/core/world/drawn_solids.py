"""Bodies of many shapes, drawn by a seed: each a union of convex parts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.world.solid import MeshBody, convex_solid

Array = np.ndarray
CORNERS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])
ROUND = 24
"""Number of corners of round sections."""
STRETCH = (0.6, 1.5)
"""Factors by which a body that is laid down is stretched along its axes."""


def drawn_solid(family: str, seed: int) -> MeshBody:
    """One body of a family, about 1 m large; whoever uses it stretches it.

    Args:
        family: One of :data:`FAMILIES`.
        seed: The same one gives the same body.

    Raises:
        UnknownName: There is no such family.
    """
    if family not in FAMILIES:
        raise UnknownName("family of shapes", family, FAMILIES)
    return FAMILIES[family](np.random.default_rng([seed, sum(map(ord, family))]))


def laid_solid(family: str, seed: int) -> MeshBody:
    """One body of a family, stretched at random and laid on the side on which it stands most firmly.

    Args:
        family: One of :data:`FAMILIES`.
        seed: The same one gives the same body.

    Raises:
        UnknownName: There is no such family.
    """
    made = drawn_solid(family, seed)
    turn = _firmest(made := made.scaled(np.random.default_rng([seed, 7]).uniform(*STRETCH, 3)))
    surfaces = tuple((vertices @ turn.T, faces) for vertices, faces in made.surfaces)
    return MeshBody(surfaces, tuple(part @ turn.T for part in made.parts)).scaled(np.ones(3))


def _firmest(made: MeshBody) -> Array:
    """The rotation, shape (3, 3), that puts that side down from which a body has to be tipped farthest."""
    from scipy.spatial import ConvexHull  # slow to import; only who has meshes needs it

    points, volumes = np.concatenate(made.parts), made.volumes
    middle = np.average([part.mean(axis=0) for part in made.parts], axis=0, weights=volumes)
    best, found = -np.inf, np.eye(3)
    for side in np.unique(ConvexHull(points).equations.round(6), axis=0):
        x = np.cross(side[:3], np.eye(3)[np.argmin(np.abs(side[:3]))])
        turn = np.stack((x / np.linalg.norm(x), np.cross(x, side[:3]) / np.linalg.norm(x), -side[:3]))
        under = (points[points @ side[:3] + side[3] > -1e-4] @ turn.T)[:, :2]
        edges = ConvexHull(under).equations
        room = -float((edges[:, :2] @ (turn @ middle)[:2] + edges[:, 2]).max())
        tip = np.arctan2(room, -float(side[:3] @ middle + side[3]))
        best, found = (tip, turn) if tip > best else (best, found)
    return found


def _box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Array:
    lower, upper = np.array(low), np.array(high)
    return np.asarray(0.5 * (lower + upper) + 0.5 * CORNERS * (upper - lower))


def _hull(rng: np.random.Generator) -> MeshBody:
    """The hull of points on a sphere that is dented at random."""
    points = rng.normal(size=(int(rng.integers(12, 40)), 3))
    points *= rng.uniform(0.75, 1.0, (len(points), 1)) / np.linalg.norm(points, axis=1, keepdims=True)
    return convex_solid(points)


def _superquadric(rng: np.random.Generator) -> MeshBody:
    """Between box, cylinder, ball and double cone (A. Barr, IEEE CG&A 1(1), 1981)."""
    tall, wide = rng.uniform(0.25, 1.5, 2)
    up, around = np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 13), np.linspace(-np.pi, np.pi, ROUND + 1)[:-1])

    def power(values: Array, exponent: float) -> Array:
        return np.asarray(np.sign(values) * np.abs(values) ** exponent)

    level = power(np.cos(up), tall)
    points = np.stack(
        [level * power(np.cos(around), wide), level * power(np.sin(around), wide), power(np.sin(up), tall)], axis=-1
    )
    return convex_solid(np.unique(points.reshape(-1, 3).round(6), axis=0))


def _prism(rng: np.random.Generator) -> MeshBody:
    """A polygon drawn upwards, its upper side smaller and turned."""
    count, taper, turn = int(rng.integers(3, 9)), float(rng.uniform(0.6, 1.0)), float(rng.uniform(-0.3, 0.3))
    angles = np.sort(rng.uniform(-0.5, 0.5, count) + np.arange(count)) * 2.0 * np.pi / count
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=1)
    top = np.stack([np.cos(angles + turn), np.sin(angles + turn), np.zeros(count)], axis=1)
    return convex_solid(np.concatenate((ring - (0, 0, 1), taper * top + (0, 0, 1))))


def _turned(rng: np.random.Generator) -> MeshBody:
    """A body of revolution of two to four pieces, as a bottle, a vase or a chess piece."""
    radii = rng.uniform(0.55, 1.0, int(rng.integers(3, 6)))
    levels = np.cumsum(np.concatenate(([0.0], rng.uniform(0.5, 1.0, len(radii) - 1))))
    angles = np.arange(ROUND) * 2.0 * np.pi / ROUND
    rings = [np.stack([r * np.cos(angles), r * np.sin(angles), np.full(ROUND, z)], 1) for r, z in zip(radii, levels)]
    return convex_solid(*(np.concatenate(pair) for pair in zip(rings, rings[1:])))


def _angle(rng: np.random.Generator) -> MeshBody:
    """An L: an upright and a foot."""
    width, foot = rng.uniform(0.35, 0.6, 2)
    return convex_solid(_box((0, 0, 0), (width, width, 1)), _box((0, 0, 0), (1, width, foot)))


def _tee(rng: np.random.Generator) -> MeshBody:
    """A T: an upright under a beam."""
    width, beam = rng.uniform(0.3, 0.5, 2)
    return convex_solid(
        _box((-width / 2, -width / 2, 0), (width / 2, width / 2, 1)),
        _box((-0.5, -width / 2, 1 - beam), (0.5, width / 2, 1)),
    )


def _mallet(rng: np.random.Generator) -> MeshBody:
    """A thick and a thin cylinder one upon the other, off the middle."""
    angles = np.arange(ROUND) * 2.0 * np.pi / ROUND
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(ROUND)], axis=1)
    thin, off, level = rng.uniform(0.4, 0.8), rng.uniform(0.0, 0.3), rng.uniform(0.3, 0.7)
    stem = thin * ring + (off, 0, 0)
    lower = np.concatenate((ring, ring + (0, 0, level)))
    return convex_solid(lower, np.concatenate((stem, stem + (0, 0, 2 * (1 - level) + level))))


FAMILIES: dict[str, Callable[[np.random.Generator], MeshBody]] = {
    "hull": _hull,
    "superquadric": _superquadric,
    "prism": _prism,
    "turned": _turned,
    "angle": _angle,
    "tee": _tee,
    "mallet": _mallet,
}
"""Families by name."""
