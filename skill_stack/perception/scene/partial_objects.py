"""Fragments: pieces of things that are known whole, as a look shows them from too near or past something else.

From near by a camera sees a part of a face alone: the picture ends, or the depth of what is nearer than the camera can
measure is missing. Such a piece looks like a smaller thing of its own. Where it lies on the surface of what is known
it is that, and says where that surface is; it says nothing of size, shape or colour.
"""

from __future__ import annotations

import math

import numpy as np

from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.object_track import ObjectTrack
from skill_stack.perception.scene.visibility import seen_through

Array = np.ndarray
WHOLE = 2
"""Looks that must have shown a thing whole before a piece of it is known for one."""
SMALLER = 0.85
"""Share of a known length below which a piece is shorter than the thing."""
EXPLAINED = 0.85
"""Share of the points of a piece that lie on the surface of the thing."""
NEAR_IT = 0.015
"""Distance from a surface up to which a point is on it, beside its noise, m."""
FARTHEST = 0.15
"""How far a piece may show a surface from where it was thought to be, m."""
POINTS = 200
ROUNDS = 3
HELD = 0.02
"""Share of the points that pull a thing back to where it was: along a face alone nothing else holds it."""
EMPTY = 0.3
"""Share of a thing's place through which one may look where a piece of it is left."""


def shift_by(track: ObjectTrack, one: Detection, points: Array, cloud: Cloud) -> Array | None:
    """How far a look that shows less of a thing than is known shows its surface from where it was thought to be.

    Args:
        track: The thing.
        one: What may show it.
        points: Its points, m, shape (N, 3).
        cloud: The look.

    Returns:
        The shift in the plane, m, shape (2,); None where it shows something else or as much as is known.
    """
    if not _may_show(track, one) or len(points) < 12:
        return None
    points = points[:: max(1, len(points) // POINTS)].astype(float)
    noise = float(cloud.sigma(np.median(np.linalg.norm(points - cloud.eye, axis=1))))
    shift = np.zeros(2)
    for _ in range(ROUNDS):
        off, normals = on_surface(track, points - (*shift, 0.0))
        near = np.abs(off) < FARTHEST
        flat, off = normals[near, :2], off[near]
        pull = flat.T @ flat + HELD * len(points) * np.eye(2)
        shift = shift + np.linalg.solve(pull, flat.T @ off - HELD * len(points) * shift)
    if math.hypot(*shift) > FARTHEST:
        return None
    off, _ = on_surface(track, points - (*shift, 0.0))
    if float(np.mean(np.abs(off) < NEAR_IT + 2 * noise)) < EXPLAINED:
        return None
    return shift if seen_through(track, cloud) < EMPTY else None


def is_piece(track: ObjectTrack, one: Detection) -> bool:
    """Whether a detection is so much smaller than a thing that it says nothing of its size."""
    shorter = max(one.size[:2]) < SMALLER * max(track.size[:2].tolist())
    return shorter or one.size[2] < SMALLER * float(track.size[2])


def _may_show(track: ObjectTrack, one: Detection) -> bool:
    """Whether it shows less than is known of a thing: it is of its colour, not larger, and a part or a guess."""
    if track.wholes < WHOLE or track.kind == "table" or (one.colour and one.colour not in track.colours):
        return False
    if max(one.size[:2]) > max(track.size[:2].tolist()) / SMALLER or one.size[2] > float(track.size[2]) / SMALLER:
        return False
    return one.guessed or not one.whole or is_piece(track, one)


def on_surface(track: ObjectTrack, points: Array) -> tuple[Array, Array]:
    """Distances of points from the surface of a thing's solid, m, outside positive, and where it faces there.

    Args:
        track: The thing.
        points: m, shape (N, 3).

    Returns:
        Distances, shape (N,), and unit normals, shape (N, 3).
    """
    local, half = points - track.position, track.size / 2
    if track.shape == "sphere":
        reach = np.maximum(np.linalg.norm(local, axis=1), 1e-9)
        return reach - half[0], local / reach[:, None]
    if track.shape == "cylinder":
        reach = np.maximum(np.hypot(local[:, 0], local[:, 1]), 1e-9)
        beyond = np.column_stack([reach - half[0], np.abs(local[:, 2]) - half[2]])
        round_ = np.column_stack([local[:, :2] / reach[:, None], np.zeros(len(local))])
        up = np.column_stack([np.zeros((len(local), 2)), np.sign(local[:, 2])])
        return beyond.max(axis=1), np.where((beyond[:, 0] >= beyond[:, 1])[:, None], round_, up)
    c, s = math.cos(track.yaw), math.sin(track.yaw)
    axes = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    inside = local @ axes.T
    beyond = np.abs(inside) - half
    face = beyond.argmax(axis=1)
    rows = np.arange(len(points))
    return beyond[rows, face], axes[face] * np.sign(inside[rows, face])[:, None]
