"""Places: free room on things, and points of things by the names of their parts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from skill_stack.core.spatial.solids import bottom, is_round, local, top
from skill_stack.core.world.scene import Pose2, SceneObject

Point = tuple[float, float, float]
STEP = 0.02
"""Distance between places that are tried for a free one, m."""
UPON = 0.08
"""Distance above a surface up to which something stands in the way there, m."""


def free_place(carrier: SceneObject, others: Iterable[SceneObject], radius: float) -> tuple[Point, float] | None:
    """The place on top of a thing that is farthest from all that stands on it, and from its edge; None for no room.

    Args:
        carrier: What is to carry.
        others: What may stand on it.
        radius: Of what is to be put there, m.

    Returns:
        The place in ``map``, m, and the free distance around what is put there, m.
    """
    half = np.array(carrier.size[:2]) / 2
    grid = [np.arange(-extent + radius, extent - radius + 1e-9, STEP) for extent in half]
    places = np.stack(np.meshgrid(*grid), axis=-1).reshape(-1, 2)
    if not len(places):
        return None
    room = carrier.radius - np.hypot(*places.T) if is_round(carrier) else (half - np.abs(places)).min(axis=1)
    for one in others:
        if one.id != carrier.id and _upon(one, carrier):
            x, y = local(carrier, np.array([one.position[:2]]))[0]
            room = np.minimum(room, np.hypot(places[:, 0] - x, places[:, 1] - y) - one.radius)
    best = int(np.argmax(room))
    if room[best] < radius:
        return None
    x, y = places[best].tolist()
    there = Pose2(carrier.position[0], carrier.position[1], carrier.yaw).compose(Pose2(x, y, 0.0))
    return (there.x, there.y, top(carrier)), float(room[best]) - radius


def _upon(one: SceneObject, carrier: SceneObject) -> bool:
    """Whether something stands on a thing, or near above it."""
    near = math.dist(one.position[:2], carrier.position[:2]) < carrier.radius + one.radius
    return near and bottom(one) < top(carrier) + UPON and top(one) > top(carrier) + STEP


def outline_point(thing: SceneObject, viewer: Pose2 | None) -> tuple[float, float]:
    """The point of a thing's outline that is nearest to a viewer, m; on the side of smaller x without one."""
    x, y, _ = thing.position
    angle = math.atan2(viewer.y - y, viewer.x - x) if viewer is not None else math.pi
    if thing.shape != "box":
        return x + thing.radius * math.cos(angle), y + thing.radius * math.sin(angle)
    c, s = math.cos(angle - thing.yaw), math.sin(angle - thing.yaw)
    reach = min(thing.size[0] / 2 / max(abs(c), 1e-9), thing.size[1] / 2 / max(abs(s), 1e-9))
    return x + reach * math.cos(angle), y + reach * math.sin(angle)
