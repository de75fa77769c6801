"""Fragments: partial views of known objects, from too near, behind another one, or between the robot's hands.

From near by a camera sees only part of a face: the picture ends, or depth below the camera's range is missing. Such a
piece appears as a smaller object. Where it lies on the surface of a known object it is part of that, and updates the
position of the surface, but not size, shape or colour. What hands hold goes with them, so its height and heading are
looked for too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.rotation import wrap_angle
from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.object_track import ObjectTrack
from skill_stack.perception.scene.visibility import seen_through_share

Array = np.ndarray
WHOLE = 2
"""Looks that must have shown an object whole before partial views are matched."""
SMALLER = 0.85
"""Share of a known length below which a view counts as partial."""
EXPLAINED = 0.85
"""Share of the points of a piece that must lie on the surface of the object."""
NEAR_IT = 0.015
"""Distance from a surface up to which a point is on it, in addition to its noise, m."""
FARTHEST = 0.15
"""Largest shift of a surface from its expected place, m."""
POINTS = 200
ROUNDS = 3
HELD = 0.02
"""Weight, as a share of the points, that pulls an object back to its place: along a single face nothing else constrains
it.
"""
TURNS = 8
"""Rounds in which place and heading of what is held are looked for."""
GAP, FREE = 0.02, 0.6
"""How much farther what is seen below a lower edge is, m, where that hangs free, and on which share of the edge."""
EMPTY = 0.3
"""Share of an object's place that may be seen through where a piece of it remains."""


def shift_by(track: ObjectTrack, one: Detection, points: Array, cloud: Cloud) -> Array | None:
    """Shift of a surface from its expected place, by a partial view.

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
    points, noise = _few(points, cloud)
    shift: np.ndarray = np.zeros(2)
    for _ in range(ROUNDS):
        off, normals = on_surface(track, points - (*shift, 0.0))
        near = np.abs(off) < FARTHEST
        flat, off = normals[near, :2], off[near]
        pull = flat.T @ flat + HELD * len(points) * np.eye(2)
        shift = shift + np.linalg.solve(pull, flat.T @ off - HELD * len(points) * shift)
    if math.hypot(*shift) > FARTHEST:
        return None
    off, _ = on_surface(track, points - (*shift, 0.0))
    if _explained(off, noise) < EXPLAINED:
        return None
    return shift if seen_through_share(track, cloud) < EMPTY else None


def held_at(
    track: ObjectTrack, one: Detection, mask: Array, cloud: Cloud, begun: Iterable[tuple[Array, float]]
) -> tuple[Array, float] | None:
    """Where an object is that the robot's own body hides in part, by what is seen of it.

    A camera that is too near sees an upright face alone, which tells no height: its free lower edge does.

    Args:
        track: The thing.
        one: What may show it.
        mask: Its pixels, bool, shape (rows, columns).
        cloud: The look.
        begun: Places, m, shape (3,), and headings, rad, about which it is looked for.

    Returns:
        Its place and heading; None where it shows something else.
    """
    if not _alike(track, one) or mask.sum() < 12:
        return None
    points, noise = _few(cloud.points[mask], cloud)
    best, found, low = EXPLAINED, None, _lower_end(mask, cloud)
    for place, yaw in begun:
        if low is not None:
            place = np.array([*place[:2], low + track.size[2] / 2])
        posed, off = _settled(replace(track, position=place, yaw=yaw), points)
        share, near = _explained(off, noise), math.dist(posed.position, place) < FARTHEST
        if share >= best and near and seen_through_share(posed, cloud) < EMPTY:
            best, found = share, (posed.position, wrap_angle(posed.yaw))
    return found


def _lower_end(mask: Array, cloud: Cloud) -> float | None:
    """Height of the lower edge of a piece, m; None where something is close below it, hides it, or the picture ends."""
    columns = np.nonzero(mask.any(axis=0))[0]
    rows = mask.shape[0] - 1 - np.argmax(mask[::-1, columns], axis=0)
    below = np.minimum(rows + 3, mask.shape[0] - 1)
    depth = cloud.depth[rows, columns]
    free = cloud.valid[below, columns] & (cloud.depth[below, columns] > depth + GAP + 3 * cloud.sigma(depth))
    if free.mean() < FREE:
        return None
    return float(np.median(cloud.points[rows[free], columns[free], 2]))


def _settled(track: ObjectTrack, points: Array) -> tuple[ObjectTrack, Array]:
    """An object moved and turned until its surface is where points are; where they do not tell, it stays.

    Hands also tilt what they hold. That is found beside its heading, though no more than its heading is kept.

    Returns:
        The object, and the distances of the points from its surface, m, shape (N,).
    """
    begun, reach, moved = track, max(track.radius, 1e-3), np.zeros(6)  # m, and rad times its radius
    for _ in range(TURNS):
        straight = _straightened(points, track.position, moved[3:5] / reach)
        off, normals = on_surface(track, straight)
        near = np.abs(off) < FARTHEST
        normals, off = normals[near], off[near]
        flat = np.column_stack([normals, np.cross(straight[near] - track.position, normals) / reach])
        pull = flat.T @ flat + HELD * len(points) * np.eye(6)
        moved = moved + np.linalg.solve(pull, flat.T @ off - HELD * len(points) * moved)
        track = replace(begun, position=begun.position + moved[:3], yaw=begun.yaw + float(moved[5]) / reach)
    return track, on_surface(track, _straightened(points, track.position, moved[3:5] / reach))[0]


def _straightened(points: Array, centre: Array, tilt: Array) -> Array:
    """Points turned about a centre so that what is tilted about x and y, rad, shape (2,), stands upright."""
    return Rotation.from_rotvec((*tilt.tolist(), 0.0)).apply(points - centre, inverse=True) + centre


def _few(points: Array, cloud: Cloud) -> tuple[Array, float]:
    """Some of the points of a piece, and the standard deviation of their distance, m."""
    points = points[:: max(1, len(points) // POINTS)].astype(float)
    return points, float(cloud.sigma(np.median(np.linalg.norm(points - cloud.eye, axis=1))))


def _explained(off: Array, noise: float) -> float:
    """Share of points that lie on a surface, by their distances from it and their standard deviation, m."""
    return float(np.mean(np.abs(off) < NEAR_IT + 2 * noise))


def is_piece(track: ObjectTrack, one: Detection) -> bool:
    """Whether a detection is so much smaller than an object that it does not determine its size."""
    shorter = max(one.size[:2]) < SMALLER * max(track.size[:2].tolist())
    return shorter or one.size[2] < SMALLER * float(track.size[2])


def _may_show(track: ObjectTrack, one: Detection) -> bool:
    """Whether it may be a partial view of an object: of its colour, not larger, and a part or a guess."""
    if not _alike(track, one):
        return False
    if max(one.size[:2]) > max(track.size[:2].tolist()) / SMALLER or one.size[2] > float(track.size[2]) / SMALLER:
        return False
    return one.guessed or not one.whole or is_piece(track, one)


def _alike(track: ObjectTrack, one: Detection) -> bool:
    """Whether a detection has a colour of a known object that is small enough to be seen from one side."""
    known = track.wholes >= WHOLE and track.kind != "table"
    return known and (not one.colour or one.colour in track.colours)


def on_surface(track: ObjectTrack, points: Array) -> tuple[Array, Array]:
    """Distances of points from the surface of an object's solid, m, outside positive, and the normals there.

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
