"""HingedLeaves: how far what has a hinge on the map is open, by a camera."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.scene.cloud import rays_of, turned

Array = np.ndarray
COARSE = 4
"""Pixels of a look from one that is measured with to the next, along rows and columns."""
STEP = math.radians(1.0)
"""Between two angles that are tried, rad."""
BESIDE = 0.06
"""Distance from a leaf up to which a point is on it, m: the drift of a robot's place between two corrections."""
BLUR = 0.01
"""The same as a share of the distance: what a stereo camera errs by at some metres, and a heading that is off."""
SURE, FLOOR, POST = 0.08, 0.02, 0.15
"""Height from which a point tells of a leaf, and up to which it may be of the floor, m; distance from the hinge up to
which it may be of the post, m."""
FOOT = 0.5
"""Share of the distance up to which a point counts as on a leaf for those that may be of the floor: what is left of its
foot would lie across the doorway like a sill."""
BEYOND = math.radians(8.0)
"""Angle beyond either end of its swing up to which a leaf is looked for, rad."""
POINTS, LENGTH, END = 40, 0.4, 0.85
"""Least number of points on a leaf; share of its length over which they spread, and from which they are of its end."""


class HingedLeaves:
    """Leaves of a map whose hinges it states: a camera measures their angles alone.

    A wall that goes on, a doorway and a leaf in one plane look like one wall, and a leaf that swings like another thing
    each time. So what is on a leaf is measured and taken out before anything else is looked for.

    Attributes:
        seen: Leaves as last seen, by id.
    """

    def __init__(self, things: Iterable[SceneObject]) -> None:
        """Takes the things of a map; those without a hinge are left alone."""
        self._stated = {one.id: one for one in things if one.hinge is not None}
        self.seen: dict[str, SceneObject] = {}

    def taken_out(self, frame: CameraFrame) -> CameraFrame:
        """Measures the leaves that a look shows, and returns it without depth there.

        Args:
            frame: A look in ``map``.
        """
        if not self._stated:
            return frame
        points, measured = _points(frame), frame.depth > 0.0
        hidden = np.zeros_like(measured)
        for name, told in self._stated.items():
            known = self.seen.get(name, told)
            near = measured & (np.hypot(*_from_hinge(known, points)) < _length(known) + BESIDE + BLUR)
            if not near.any():
                continue
            coarse = np.zeros_like(near)
            coarse[::COARSE, ::COARSE] = near[::COARSE, ::COARSE]
            yaw = _angle(known, points[coarse], frame.position)
            if yaw is None:
                continue
            leaf = replace(known.turned(yaw), last_seen=frame.stamp, confidence=1.0)
            self.seen[name] = leaf
            hidden[near] |= _on(leaf, points[near], frame.position)
        return replace(frame, depth=np.where(hidden, np.float32(0.0), frame.depth)) if hidden.any() else frame


def _points(frame: CameraFrame) -> Array:
    """Points of all pixels in the frame of the look, m, shape (height, width, 3)."""
    rays = turned(rays_of(frame.intrinsics), frame.rotation)
    return np.asarray(rays * frame.depth[..., None] + frame.position)


def _from_hinge(leaf: SceneObject, points: Array) -> tuple[Array, Array]:
    """Points relative to the hinge along x and y of ``map``, m."""
    axis = leaf.axis
    return points[..., 0] - axis.x, points[..., 1] - axis.y


def _length(leaf: SceneObject) -> float:
    """From the hinge to the far end, m."""
    return math.hypot(*(leaf.hinge or (0.0, 0.0))) + leaf.size[0] / 2


def _upright(leaf: SceneObject, points: Array) -> Array:
    """Which points are as high as the leaf, bool."""
    bottom, top = (leaf.position[2] + side * leaf.size[2] / 2 for side in (-1.0, 1.0))
    return np.asarray((points[..., 2] > max(SURE, bottom)) & (points[..., 2] < top + BESIDE))


def _slack(points: Array, eye: Array) -> Array:
    """Distance from a leaf up to which points count as on it, m."""
    return np.asarray(BESIDE + BLUR * np.linalg.norm(points - eye, axis=-1))


def _angle(leaf: SceneObject, points: Array, eye: Array) -> float | None:
    """The heading of a leaf that points show, rad; None where they show none.

    Args:
        leaf: The leaf as it was known.
        points: In ``map``, m, shape (N, 3).
        eye: Where the camera was, m, shape (3,).
    """
    points = points[_upright(leaf, points)]
    x, y = _from_hinge(leaf, points)
    away = np.hypot(x, y)
    kept = (away > POST) & (away < _length(leaf) + BESIDE)
    x, y, away, points, slack = x[kept], y[kept], away[kept], points[kept], _slack(points[kept], eye)
    if len(away) < POINTS:
        return None
    points_out = math.atan2(-(leaf.hinge or (0.0, 0.0))[1], -(leaf.hinge or (0.0, 0.0))[0])  # of the leaf, in its frame
    low, high = sorted(leaf.swing)
    tried = np.arange(low - BEYOND, high + BEYOND, STEP)[:, None] + points_out
    along, aside = x * np.cos(tried) + y * np.sin(tried), y * np.cos(tried) - x * np.sin(tried)
    on = (np.abs(aside) < slack) & (along > 0.0)
    best = int(on.sum(axis=1).argmax())
    mine = on[best]
    if mine.sum() < POINTS:
        return None
    long = float(np.ptp(away[mine])) > LENGTH * _length(leaf)
    # Of a leaf in line with the camera the far end is seen, higher than what lies there.
    end = float(np.median(away[mine])) > END * _length(leaf) and float(points[mine, 2].max()) > leaf.position[2]
    if not (long or end):
        return None
    along, aside = along[best, mine], aside[best, mine]
    face = math.copysign(leaf.size[1] / 2, _side(leaf, float(tried[best, 0]), eye))  # the camera sees a face
    turn = float(((aside - face) * along).sum() / (along * along).sum())
    return wrap_angle(float(tried[best, 0]) - points_out + turn)


def _side(leaf: SceneObject, heading: float, eye: Array) -> float:
    """On which side of a leaf the camera is: positive to the left of a heading from the hinge, rad."""
    axis = leaf.axis
    return float((eye[1] - axis.y) * math.cos(heading) - (eye[0] - axis.x) * math.sin(heading))


def _on(leaf: SceneObject, points: Array, eye: Array) -> Array:
    """Which points are on a leaf, or on the floor close to its foot, bool, shape (N,)."""
    c, s = math.cos(leaf.yaw), math.sin(leaf.yaw)
    x, y = points[..., 0] - leaf.position[0], points[..., 1] - leaf.position[1]
    slack = _slack(points, eye)
    along, across = np.abs(c * x + s * y) - leaf.size[0] / 2, np.abs(c * y - s * x) - leaf.size[1] / 2
    near = slack * np.where(points[..., 2] > FLOOR, 1.0, FOOT)
    return np.asarray((along < near) & (across < near) & (points[..., 2] < leaf.position[2] + leaf.size[2] / 2 + slack))
