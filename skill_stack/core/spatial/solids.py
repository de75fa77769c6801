"""Solids: distance, outline, containment and hiding of upright boxes, cylinders and balls."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
Point = tuple[float, float, float]
STEP = 0.02
"""Distance between the points of a line of sight that are tested, m."""
MOST_STEPS = 400


class Placed(Protocol):
    """Anything with a position, a size and a heading; see :class:`skill_stack.core.world.scene.SceneObject`."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def position(self) -> Any:
        """Its middle, m."""

    @property
    def size(self) -> Any:
        """Extents along its own axes, m."""

    @property
    def yaw(self) -> float:
        """Its heading, rad."""


def bottom(thing: Placed) -> float:
    """Height of its lowest point, m."""
    return float(thing.position[2] - thing.size[2] / 2)


def top(thing: Placed) -> float:
    """Height of its highest point, m."""
    return float(thing.position[2] + thing.size[2] / 2)


def local(thing: Placed, points: Array) -> Array:
    """Points of the plane along a thing's own axes, from its middle.

    Args:
        thing: The thing.
        points: Shape (n, 2), m.
    """
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    return np.asarray((np.asarray(points, float) - thing.position[:2]) @ np.array([[c, -s], [s, c]]))


def outline(thing: SceneObject) -> Array:
    """Corners of the rectangle around a thing along its own axes, shape (4, 2), m."""
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    half = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * np.array(thing.size[:2]) / 2
    return np.asarray(half @ np.array([[c, s], [-s, c]]) + thing.position[:2])


def is_round(thing: SceneObject) -> bool:
    """Whether it is round seen from above."""
    return thing.shape in ("sphere", "cylinder")


def over(thing: Placed, other: Placed, slack: float = 0.0) -> bool:
    """Whether the middle of a thing is within another's rectangle seen from above, widened by a slack, m."""
    along, aside = np.abs(local(other, np.array([thing.position[:2]])))[0].tolist()
    return bool(along <= other.size[0] / 2 + slack and aside <= other.size[1] / 2 + slack)


def gap(thing: SceneObject, other: SceneObject) -> float:
    """Free distance between the surfaces of two things, m; 0 where they touch or overlap."""
    for one, rest in ((thing, other), (other, thing)):
        if one.shape == "sphere":
            return max(_point_gap(rest, one.position) - one.size[0] / 2, 0.0)
    up = max(bottom(thing) - top(other), bottom(other) - top(thing), 0.0)
    return math.hypot(plan_gap(thing, other), up)


def plan_gap(thing: SceneObject, other: SceneObject) -> float:
    """Free distance between two things seen from above, m."""
    if is_round(thing) and is_round(other):
        return max(math.dist(thing.position[:2], other.position[:2]) - thing.radius - other.radius, 0.0)
    for one, rest in ((thing, other), (other, thing)):
        if is_round(one):
            return max(float(_to_rectangle(rest, np.array([one.position[:2]]))[0]) - one.radius, 0.0)
    if _cross(thing, other):
        return 0.0
    return float(min(_to_rectangle(other, outline(thing)).min(), _to_rectangle(thing, outline(other)).min()))


def extent_along(thing: SceneObject, angle: float) -> float:
    """Width of a thing's outline along a direction of the map, rad, in m."""
    if is_round(thing):
        return thing.size[0]
    return float(np.ptp(outline(thing) @ np.array([math.cos(angle), math.sin(angle)])))


def hiding(eye: Point, thing: SceneObject, others: Iterable[SceneObject]) -> SceneObject | None:
    """The thing that hides another one from an eye; None where some of it is in sight.

    Args:
        eye: Position of the eye, m.
        thing: What is looked at: its middle, its top and both sides.
        others: What may stand before it.
    """
    solids = [one for one in others if one.id != thing.id and one.shape != "point" and not _holds(one, eye)]
    across = math.atan2(thing.position[1] - eye[1], thing.position[0] - eye[0]) + math.pi / 2
    reach = 0.4 * extent_along(thing, across)
    x, y, z = thing.position
    aims = [(x + k * reach * math.cos(across), y + k * reach * math.sin(across), z) for k in (0, -1, 1)]
    hidden = [_first_hit(eye, aim, solids) for aim in (*aims, (x, y, z + 0.4 * thing.size[2]))]
    return hidden[0] if all(one is not None for one in hidden) else None


def _first_hit(eye: Point, aim: Point, solids: list[SceneObject]) -> SceneObject | None:
    steps = int(min(max(math.dist(eye, aim) / STEP, 2), MOST_STEPS))
    points = np.array(eye) + np.linspace(0.0, 1.0, steps)[:, None] * np.subtract(aim, eye)
    hits = [(int(np.argmax(inside)), one.id, one) for one in solids if (inside := _inside(one, points)).any()]
    return min(hits, key=lambda hit: hit[:2])[2] if hits else None


def _holds(thing: SceneObject, point: Point) -> bool:
    return bool(_inside(thing, np.array([point]))[0])


def _inside(thing: SceneObject, points: Array) -> Array:
    """Which points are within a solid, bool, shape (n,)."""
    if thing.shape == "sphere":
        return np.asarray(np.linalg.norm(points - thing.position, axis=1) < thing.size[0] / 2)
    level = np.abs(points[:, 2] - thing.position[2]) < thing.size[2] / 2
    own = local(thing, points[:, :2])
    if is_round(thing):
        return np.asarray(level & (np.hypot(*own.T) < thing.radius))
    return np.asarray(level & (np.abs(own) < np.array(thing.size[:2]) / 2).all(axis=1))


def _point_gap(thing: SceneObject, point: Point) -> float:
    """Distance from a point to the surface of a solid, m; negative inside of a ball alone."""
    if thing.shape == "sphere":
        return math.dist(thing.position, point) - thing.size[0] / 2
    plan = np.array([point[:2]])
    away = max(math.dist(thing.position[:2], point[:2]) - thing.radius, 0.0) if is_round(thing) else float(
        _to_rectangle(thing, plan)[0]
    )  # fmt: skip
    return math.hypot(away, max(bottom(thing) - point[2], point[2] - top(thing), 0.0))


def _to_rectangle(thing: SceneObject, points: Array) -> Array:
    """Distances of points of the plane from a thing's rectangle, m, shape (n,)."""
    return np.asarray(np.hypot(*np.maximum(np.abs(local(thing, points)) - np.array(thing.size[:2]) / 2, 0.0).T))


def _cross(thing: SceneObject, other: SceneObject) -> bool:
    """Whether two rectangles overlap: no axis of either separates them."""
    mine, theirs = outline(thing), outline(other)
    for yaw in (thing.yaw, thing.yaw + math.pi / 2, other.yaw, other.yaw + math.pi / 2):
        axis = np.array([math.cos(yaw), math.sin(yaw)])
        a, b = mine @ axis, theirs @ axis
        if a.max() <= b.min() or b.max() <= a.min():
            return False
    return True
