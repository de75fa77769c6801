"""SpatialTruth: what is so in a room, from points on the surfaces of what stands there.

Other code than that of the answers: distances are those of points, sides are coordinates in a frame that is turned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray
CLEAR = math.radians(12.0)
"""Angle from the border between two sides up to which it is not clear on which something is, rad."""
ALONG = {"left": (0, 1), "right": (0, -1), "front": (1, 0), "behind": (-1, 0)}
"""Sides in a frame whose x axis points to the front."""
GRID = 24


@dataclass
class SpatialTruth:
    """The truth of one room.

    Attributes:
        things: What is there.
    """

    things: Mapping[str, SceneObject]
    _clouds: dict[str, Array] = field(default_factory=dict)

    def cloud(self, name: str) -> Array:
        """Points on the surface of a thing, m, shape (n, 3)."""
        if name not in self._clouds:
            self._clouds[name] = _surface(self.things[name])
        return self._clouds[name]

    def gap(self, one: str, other: str) -> float:
        """Distance between two things, m."""
        return float(cKDTree(self.cloud(one)).query(self.cloud(other))[0].min())

    def extent(self, name: str, axis: int) -> float:
        """Extent of a thing along one of its own axes, m."""
        thing = self.things[name]
        return float(np.ptp((self.cloud(name) - thing.position) @ _axes(thing.yaw)[:, axis]))

    def side(self, side: str, name: str, anchor: str, front: float) -> bool | None:
        """Whether a thing is on a side of another one; None where that is not clear.

        Args:
            side: ``left``, ``right``, ``front`` or ``behind``.
            name: The thing.
            anchor: The other one.
            front: Direction of the front in ``map``, rad.
        """
        off = np.subtract(self.things[name].position, self.things[anchor].position)[:2] @ _axes(front)[:2, :2]
        angle = math.acos(np.clip(off @ np.array(ALONG[side]) / max(float(np.linalg.norm(off)), 1e-9), -1, 1))
        border = math.pi / 4
        return None if abs(angle - border) < CLEAR else angle < border

    def front(self, frame: str, anchor: str, viewer: Pose2) -> float:
        """Direction of the front of a thing in a frame, rad; in the viewer's and the map's, left is as seen."""
        thing = self.things[anchor]
        if frame == "own":
            return thing.yaw
        return math.atan2(viewer.y - thing.position[1], viewer.x - thing.position[0])

    def seen_side(self, frame: str, side: str, name: str, anchor: str, viewer: Pose2) -> bool | None:
        """Whether a thing is on a side of another one in a frame; None where that is not clear."""
        if frame == "world":
            far = Pose2(-1e6, self.things[anchor].position[1], 0.0)  # from far south, north is behind
            return self.seen_side("viewer", side, name, anchor, far)
        front = self.front(frame, anchor, viewer)
        if frame == "viewer" and side in ("left", "right"):  # who looks at a thing has its left on the right
            side = {"left": "right", "right": "left"}[side]
        return self.side(side, name, anchor, front)

    def carrier(self, name: str) -> str:
        """What a thing stands on; empty for the floor."""
        low = self.cloud(name)[:, 2].min()
        place = np.array(self.things[name].position[:2])
        for other in self.things:
            cloud = self.cloud(other)
            within = np.hypot(*(cloud[:, :2] - place).T).min() < 0.05
            if other != name and abs(cloud[:, 2].max() - low) < 0.01 and within:
                return other
        return ""

    def between(self, name: str, one: str, other: str) -> bool | None:
        """Whether a thing is between two others; None where that is not clear."""
        a, b, c = (np.array(self.things[n].position[:2]) for n in (one, other, name))
        length = float(np.linalg.norm(b - a))
        if length < 0.2:
            return None
        share = float((c - a) @ (b - a)) / length**2
        aside = float(np.linalg.norm(c - a - share * (b - a))) / length
        if 0.15 < share < 0.85 and aside < 0.25:
            return True
        return False if share < -0.1 or share > 1.1 or aside > 0.5 else None


def _axes(yaw: float) -> Array:
    """Axes of a turned frame as columns, shape (3, 3)."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _mesh(one: Array, other: Array) -> tuple[Array, Array]:
    """All pairs of two lists of numbers."""
    a, b = np.meshgrid(one, other)
    return a.ravel(), b.ravel()


def _surface(thing: SceneObject) -> Array:
    """Points on the surface of a solid."""
    a, b, c = thing.size
    grid = np.linspace(-0.5, 0.5, GRID)
    if thing.shape == "box":
        u, v = _mesh(grid, grid)
        half = np.full_like(u, 0.5)
        faces = [np.stack(axes, 1) for sign in (1, -1) for axes in (
            (sign * half, u, v), (u, sign * half, v), (u, v, sign * half))]  # fmt: skip
        own = np.concatenate(faces) * (a, b, c)
    elif thing.shape == "cylinder":
        angle, level = _mesh(np.linspace(0, math.tau, 4 * GRID), grid)
        wall = np.stack([a / 2 * np.cos(angle), a / 2 * np.sin(angle), c * level], 1)
        turn, away = _mesh(np.linspace(0, math.tau, 2 * GRID), np.linspace(0, a / 2, GRID))
        flat = (away * np.cos(turn), away * np.sin(turn))
        caps = [np.stack([*flat, np.full_like(turn, end)], 1) for end in (-c / 2, c / 2)]
        own = np.concatenate([wall, *caps])
    else:
        turn, tilt = _mesh(np.linspace(0, math.tau, 3 * GRID), np.linspace(0, math.pi, 2 * GRID))
        own = a / 2 * np.stack([np.sin(tilt) * np.cos(turn), np.sin(tilt) * np.sin(turn), np.cos(tilt)], 1)
    return np.asarray(own @ _axes(thing.yaw).T + thing.position)
