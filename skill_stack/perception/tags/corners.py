"""Corners of a black square to a fraction of a pixel: lines are laid through its edges and cut with each other."""

from __future__ import annotations

import cv2
import numpy as np

Array = np.ndarray
REACH = 2.0
"""How far on either side of an edge it is looked for, pixels: the detector is off by one and a half at most."""
STEP = 0.25
"""Distance of two samples across an edge, pixels."""
POINTS = 32
"""Points at which an edge is looked for; none near its ends, where the other edges bend the brightness."""
ENDS = 0.08
"""Part of an edge that is left out at each end."""
ROUNDS = 2
"""How often the lines are laid; the second time from better corners."""
SHORTEST = 6.0
"""Edges shorter than this are too few pixels to lay a line through, pixels."""
FARTHEST = 3.0
"""Corners that move farther than this went to something else, pixels."""
LEAST_SINE = 0.05
"""Sine of the angle between two edges; below, their intersection is not well defined."""


def fitted_corners(grey: Array, corners: Array) -> Array:
    """Corners of a black square on a lighter ground.

    All pixels of an edge together locate it, by the rise of brightness across it; single corners are rounded by blur. A
    marker of 8 cells at 2 m is 40 pixels wide, and half a pixel at each corner is 5 cm of distance.

    Args:
        grey: Brightness, uint8, shape (height, width).
        corners: About where the corners are, pixels, in their order around the square, shape (4, 2).

    Returns:
        The corners in the same order, shape (4, 2); those given where the square is too small or no line fits.
    """
    better = corners
    for _ in range(ROUNDS):
        found = _cut(*_lines(grey, better)) if _shortest(better) >= SHORTEST else None
        if found is None or np.abs(found - corners).max() > FARTHEST:
            return corners
        better = found
    return better


def _shortest(corners: Array) -> float:
    return float(np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1).min())


def _lines(grey: Array, corners: Array) -> tuple[Array, Array]:
    """Normals of the lines through the edges, shape (4, 2), and their distances from the origin along them, pixels."""
    along = np.roll(corners, -1, 0) - corners
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    middle = corners + along / 2 - corners.mean(axis=0)
    normal *= np.sign(np.sum(middle * normal, axis=1, keepdims=True))  # out of the square, where it grows lighter
    share = np.linspace(ENDS, 1 - ENDS, POINTS)
    points = corners[:, None] + share[:, None] * along[:, None]
    offsets = np.arange(-REACH - STEP, REACH + 1.5 * STEP, STEP)
    places = (
        (points[:, :, None] + offsets[:, None] * normal[:, None, None]).astype(np.float32).reshape(4 * POINTS, -1, 2)
    )
    light = cv2.remap(grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(float)  # type: ignore[call-overload]
    rise = np.maximum(light[:, 2:] - light[:, :-2], 0.0).reshape(4, POINTS, -1) ** 2
    weight = rise.sum(axis=2)
    edge = points + (rise @ offsets[1:-1] / np.maximum(weight, 1e-9))[..., None] * normal[:, None]
    weight = np.minimum(weight, np.median(weight, axis=1, keepdims=True)) + 1e-9  # no glare counts more than others
    weight /= weight.sum(axis=1, keepdims=True)
    centre = np.einsum("en,end->ed", weight, edge)
    apart = edge - centre[:, None]
    fitted = np.linalg.eigh(np.einsum("en,ena,enb->eab", weight, apart, apart))[1][:, :, 0]
    return fitted, np.sum(fitted * centre, axis=1)


def _cut(normals: Array, distances: Array) -> Array | None:
    """Where each line meets the one before it, shape (4, 2); None where two are nearly parallel."""
    both = np.stack([np.roll(normals, 1, 0), normals], axis=1)
    if np.abs(np.linalg.det(both)).min() < LEAST_SINE:
        return None
    return np.linalg.solve(both, np.stack([np.roll(distances, 1), distances], axis=1)[..., None])[..., 0]
