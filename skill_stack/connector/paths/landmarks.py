"""Landmarks: corrects the drift of legs and IMU by things whose places are known and that are seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from skill_stack.connector.paths.localization import Localization
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.sighting import Sighting

Array = np.ndarray
WALKED, TURNED, WAITED = 0.01, 1e-3, 1e-5
"""Variance that legs add to the position, m² per m, and to the heading, rad² per rad and rad² per s."""
CREEP = 1e-4
"""Variance that a robot that steps on the spot adds to the position, m²/s."""
GATE = 13.8
"""Squared Mahalanobis distance in the plane beyond which a thing is not where the map has it (0.1 % by chance)."""
POSE_GATE = 16.3
"""The same of the whole pose."""
DOUBTED = 5
"""Looks in a row that contradict the map before it is said, and before legs are taken to drift by what is seen."""
SOURCE = "seen things"
AVERAGED, MOVED = 0.35, 0.1
"""Share of a look in the place of a movable thing, and distance from which on it counts as moved, m."""


@dataclass(slots=True)
class Landmarks:
    """An extended Kalman filter of the pose in ``map``, with odometry as its prediction.

    Attributes:
        contradicted: Things that were seen elsewhere than the map has them, in so many looks in a row.
    """

    contradicted: dict[str, int] = field(default_factory=dict)
    _spread: Array = field(default_factory=lambda: np.zeros((3, 3)))
    _last: tuple[Pose2, float] | None = None
    _refused: int = 0

    def corrected(
        self, localization: Localization, odometry: Pose2, sightings: Sequence[Sighting], scene: SceneGraph, now: float
    ) -> Localization:
        """Where ``odom`` lies in ``map``, after a look.

        What can be moved, what is no solid and what the map does not have tells nothing.

        Args:
            localization: Where it was thought to lie.
            odometry: The robot in ``odom``.
            sightings: What was seen.
            scene: The map.
            now: Task time, s.
        """
        here = localization.odom.compose(odometry)
        self.predict(odometry, now)
        state, used = np.array([here.x, here.y, here.yaw]), False
        for one in sightings:
            thing = scene.objects.get(one.thing)
            if thing is None or thing.movable or thing.shape == "point":
                continue
            taken = self._fused(state, one, thing.position[0], thing.position[1])
            self.contradicted[one.thing] = 0 if taken is not None else self.contradicted.get(one.thing, 0) + 1
            if taken is not None:
                state, used = taken, True
        return _origin(state, odometry, now) if used else localization

    def shifted(
        self, localization: Localization, odometry: Pose2, shift: Array, information: Array, now: float
    ) -> Localization:
        """Where ``odom`` lies in ``map``, after a look that tells how far the robot is from where it was thought to be.

        What it may have drifted since was predicted before. A shift beyond that is refused, until so many looks in a
        row say it that it is the numbers that are wrong: a robot that is drawn along drifts by more.

        Args:
            localization: Where it was thought to lie.
            odometry: The robot in ``odom``.
            shift: To be added to its x and y, m, and heading, rad, shape (3,).
            information: Inverse covariance of that, shape (3, 3); of low rank where it leaves a direction open.
            now: Task time, s.
        """
        here = localization.odom.compose(odometry)
        if shift @ information @ np.linalg.solve(np.eye(3) + self._spread @ information, shift) > POSE_GATE:
            self._refused += 1
            if self._refused < DOUBTED:
                return localization
            self._spread = self._spread + np.outer(shift, shift)
        self._refused = 0
        self._spread = np.linalg.solve(np.eye(3) + self._spread @ information, self._spread)
        return _origin(np.array([here.x, here.y, here.yaw]) + self._spread @ information @ shift, odometry, now)

    @property
    def deviation(self) -> tuple[float, float]:
        """Standard deviations of the place, m, along the worse axis, and of the heading, rad."""
        place, heading = max(self._spread[0, 0], self._spread[1, 1]), self._spread[2, 2]
        return math.sqrt(max(float(place), 0.0)), math.sqrt(max(float(heading), 0.0))

    @property
    def doubted(self) -> tuple[str, ...]:
        """Things of which map and camera disagree."""
        return tuple(name for name, looks in self.contradicted.items() if looks >= DOUBTED)

    def predict(self, odometry: Pose2, now: float) -> None:
        """Adds what legs and IMU have drifted since the last look.

        Args:
            odometry: The robot in ``odom``.
            now: Task time, s.
        """
        before, then = self._last or (odometry, now)
        self._last = (odometry, now)
        walked, seconds = math.hypot(odometry.x - before.x, odometry.y - before.y), max(0.0, now - then)
        turned = abs(wrap_angle(odometry.yaw - before.yaw))
        place = WALKED * walked + CREEP * seconds
        self._spread = self._spread + np.diag([place, place, TURNED * turned + WAITED * seconds])

    def _fused(self, state: Array, one: Sighting, x: float, y: float) -> Array | None:
        """The pose after one thing; None where it contradicts the map."""
        c, s = math.cos(state[2]), math.sin(state[2])
        dx, dy = x - state[0], y - state[1]
        ahead, left = c * dx + s * dy, -s * dx + c * dy
        slope = np.array([[-c, -s, left], [s, -c, -ahead]])
        off = np.array([one.ahead - ahead, one.left - left])
        known = slope @ self._spread @ slope.T + one.deviation**2 * np.eye(2)
        if float(off @ np.linalg.solve(known, off)) > GATE:
            return None
        gain = self._spread @ slope.T @ np.linalg.inv(known)
        self._spread = (np.eye(3) - gain @ slope) @ self._spread
        return np.asarray(state + gain @ off)


def _origin(state: Array, odometry: Pose2, now: float) -> Localization:
    """The localization that puts a robot to a pose in ``map``: x and y, m, and heading, rad, shape (3,)."""
    x, y, yaw = state.tolist()
    turn = wrap_angle(yaw - odometry.yaw)
    c, s = math.cos(turn), math.sin(turn)
    origin = Pose2(x - c * odometry.x + s * odometry.y, y - s * odometry.x - c * odometry.y, turn)
    return Localization(origin, SOURCE, now)


def placed(sightings: Sequence[Sighting], scene: SceneGraph, here: Pose2 | None, now: float) -> SceneGraph:
    """A scene with movable things where they were seen.

    Args:
        sightings: What was seen.
        scene: The scene before.
        here: The robot in ``map``; where it is unknown nothing changes.
        now: Task time of the look, s.
    """
    if here is None:
        return scene
    objects = dict(scene.objects)
    for one in sightings:
        thing = objects.get(one.thing)
        if thing is not None and thing.movable and math.isfinite(one.height):
            there = here.compose(Pose2(one.ahead, one.left, 0.0))
            seen = (there.x, there.y, one.height)
            stays = thing.last_seen > 0.0 and math.dist(seen, thing.position) < MOVED
            share = AVERAGED if stays else 1.0
            x, y, z = (old + share * (new - old) for old, new in zip(thing.position, seen, strict=True))
            objects[one.thing] = replace(thing, position=(x, y, z), last_seen=now)
    return SceneGraph(objects, scene.facts, scene.robot)
