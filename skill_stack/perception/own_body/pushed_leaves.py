"""PushedLeaves: door leaves that the body turns as it goes through, and the floor that leaves went over."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.hinged_panels import HingedPanels

Array = np.ndarray
STEP = math.radians(2.0)
"""Between two angles that are tried, and the least turn that counts, rad."""
POINTS = 24
"""Points along a leaf at which it may touch the body."""
SPARE = 0.1
"""Distance beyond its end and behind where it was up to which floor is freed that a leaf went over, m."""


class PushedLeaves:
    """Turns what a body goes through: no leaf is where the body is."""

    def __init__(self) -> None:
        """Begins without any."""
        self._before: dict[str, SceneObject] = {}

    def take(
        self, base: Pose2, way: tuple[float, float], body: Array, high: float, panels: HingedPanels, floor: FloorMap
    ) -> None:
        """Takes where the body is now.

        Args:
            base: The base, in the frame of the looks.
            way: How far it went since the last look, m, along x and y.
            body: Its low and high corner around the base, in its heading, m, shape (2, 2).
            high: Height that it reaches up to, m; it walks under leaves that begin above.
            panels: Leaves as last seen; those that are pushed are turned.
            floor: The floor; what they went over is freed.
        """
        for name, leaf in [*panels.seen.items()]:
            if leaf.hinge is None or leaf.position[2] - leaf.size[2] / 2 > high:
                continue
            now = _out_of(leaf, base, way, body)
            panels.seen[name] = now
            before = self._before.setdefault(name, now)
            if abs(now.opened - before.opened) >= STEP:
                floor.free(_between(before, now))
                self._before[name] = now


def _out_of(leaf: SceneObject, base: Pose2, way: tuple[float, float], body: Array) -> SceneObject:
    """A leaf turned the way that a body goes until it is out of it; as it is where it is out of it, or stays in it."""
    axis, most = leaf.axis, abs(leaf.swing[1] - leaf.swing[0])
    aside = (base.x - axis.x) * way[1] - (base.y - axis.y) * way[0]
    if not aside or not _inside(leaf, base, body):
        return leaf
    turn = math.copysign(STEP, aside * (leaf.swing[1] - leaf.swing[0]))
    count = int(((most - leaf.opened) if turn > 0.0 else leaf.opened) / STEP)
    turned = (leaf.opened_by(leaf.opened + number * turn) for number in range(1, count + 1))
    return next((one for one in turned if not _inside(one, base, body)), leaf)


def _inside(leaf: SceneObject, base: Pose2, body: Array) -> bool:
    """Whether a part of a leaf is within a body."""
    axis, tip = leaf.axis, _tip(leaf)
    off, c, s = np.linspace((axis.x, axis.y), tip, POINTS) - (base.x, base.y), math.cos(base.yaw), math.sin(base.yaw)
    places = off @ np.array([(c, -s), (s, c)])
    return bool(((places > body[0]) & (places < body[1])).all(axis=1).any())


def _tip(leaf: SceneObject, spare: float = 0.0) -> tuple[float, float]:
    """The far end of a leaf, and what is beyond it, m."""
    axis, (x, y, _) = leaf.axis, leaf.position
    half = math.hypot(x - axis.x, y - axis.y)
    reach = 1.0 + (max(leaf.size[:2]) / 2 + spare) / half
    return axis.x + reach * (x - axis.x), axis.y + reach * (y - axis.y)


def _between(before: SceneObject, now: SceneObject) -> Array:
    """Corners of the floor between two angles of a leaf, to the left one after the other, m, shape (4, 2)."""
    axis, turn = before.axis, wrap_angle(now.yaw - before.yaw)
    back = math.copysign(SPARE / max(before.size[:2]), turn)
    behind, ahead = before.turned(before.yaw - back), now.turned(now.yaw - back)
    middle = before.turned(before.yaw + turn / 2 - back)
    corners = [(axis.x, axis.y), *(_tip(one, SPARE) for one in (behind, middle, ahead))]
    return np.array(corners if turn > 0.0 else [corners[0], *corners[:0:-1]])
