"""Visibility: whether an object that was not found is hidden, out of view, or gone."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.object_track import ObjectTrack

Array = np.ndarray
Sight = Literal["out of view", "hidden", "gone", "there"]
SLACK = 0.04  # m: what is so much nearer is something else
BEYOND = 0.012  # m: what is so much farther than the middle of a thing has been seen through it
MOSTLY = 0.6
PART, ALL = 0.3, 0.95
"""Share of an object's place that must be in sight, and of that the share that is empty, for it to be gone."""
_ACROSS, _UP = np.linspace(-0.6, 0.6, 5), np.linspace(-0.3, 0.8, 5)
"""Points on the middle of an object, as shares of its half width and half height; more of them up, since the ground is
seen right behind its lower end.
"""
LIFT = 0.02  # m: error of the height at which a thing stands; a flat look goes far for that
_FOOT = (-1.0, 0.0, 1.0)
"""Points under its middle, as shares of half of its half width."""


def sight_of(track: ObjectTrack, cloud: Cloud) -> Sight:
    """Visibility of an object's place in a look.

    Points on its middle, spread over its height and width as the camera sees it, are compared with what was measured
    in their direction: something nearer hides it; where the look goes through, it is gone.
    """
    half = _half_width(track)
    local, inside, pixel = _middle(track, cloud)
    if inside.mean() < MOSTLY:
        return "out of view"
    column, row = np.round(pixel[inside]).astype(int).T
    measured, expected = cloud.depth[row, column], local[inside, 2]
    slack = SLACK + 3 * cloud.sigma(expected) + 3 * math.sqrt(track.variance)
    known = measured > 0
    if known.mean() < 0.4:  # nothing far away behind it gives depth; what it stood upon does
        return "gone" if _stands_nothing(track, cloud) else "out of view"
    back = measured > expected + BEYOND + slack - SLACK
    front = measured < expected - half - slack
    if float((front & known).sum()) > MOSTLY * known.sum():
        return "hidden"
    open_ = known & ~front  # what is in sight of its place, though something hides the rest
    if float((back & known).sum()) > MOSTLY * known.sum() or (
        open_.sum() >= PART * known.sum() and float(back[open_].mean()) >= ALL
    ):
        return "gone"
    return "hidden" if front[known].mean() > 0.25 else "there"


def seen_through_share(track: ObjectTrack, cloud: Cloud) -> float:
    """Share of an object's place, as far as measured, that a look passes through."""
    local, inside, pixel = _middle(track, cloud)
    column, row = np.round(pixel[inside]).astype(int).T
    measured, expected = cloud.depth[row, column], local[inside, 2]
    known = measured > 0
    if not known.any():
        return 0.0
    back = measured > expected + BEYOND + 3 * cloud.sigma(expected) + 3 * math.sqrt(track.variance)
    return float(back[known].mean())


def _middle(track: ObjectTrack, cloud: Cloud) -> tuple[Array, Array, Array]:
    """Points on the middle of an object in the camera frame, which of them are in the picture, and where."""
    away = track.position[:2] - cloud.eye[:2]
    reach = max(float(np.hypot(*away)), 1e-6)
    aside = np.array([-away[1], away[0], 0.0]) / reach
    half = _half_width(track)
    grid = [track.position + aside * half * a + (0, 0, b * track.size[2] / 2) for a in _ACROSS for b in _UP]
    local = (np.array(grid) - cloud.eye) @ cloud.rotation
    pixel = cloud.intrinsics.project(local)
    rows, columns = cloud.depth.shape
    with np.errstate(invalid="ignore"):
        inside = (pixel >= 1).all(axis=1) & (pixel[:, 0] < columns - 2) & (pixel[:, 1] < rows - 2)
    return local, inside, pixel


def _half_width(track: ObjectTrack) -> float:
    return min(track.radius, 0.5 * float(max(track.size[:2])))


def _stands_nothing(track: ObjectTrack, cloud: Cloud) -> bool:
    """Whether the support of an object is seen at its place; something before the camera hides that too."""
    lift = min(LIFT, 0.2 * float(track.size[2]))
    bottom = track.position - (0.0, 0.0, track.size[2] / 2 - lift)
    half = 0.5 * min(track.radius, 0.5 * float(min(track.size[:2])))
    points = bottom + np.array([(half * a, half * b, 0.0) for a in _FOOT for b in _FOOT])
    local = (points - cloud.eye) @ cloud.rotation
    pixel = cloud.intrinsics.project(local)
    rows, columns = cloud.depth.shape
    with np.errstate(invalid="ignore"):
        inside = (pixel >= 0).all(axis=1) & (pixel[:, 0] < columns - 1) & (pixel[:, 1] < rows - 1)
    if inside.mean() < MOSTLY:
        return False
    column, row = np.round(pixel[inside]).astype(int).T
    measured, expected = cloud.depth[row, column], local[inside, 2]
    through = measured > expected - SLACK - 3 * cloud.sigma(expected) - 3 * math.sqrt(track.variance)
    return float((through & (measured > 0)).mean()) >= MOSTLY
