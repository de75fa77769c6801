"""BallWatch: balls that a map states, followed on it by the looks of one colour camera."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import CameraSpec, eye_of
from skill_stack.core.shared_memory.rgbd_ring import Look
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.frame_faults import frame_fault, frozen_fault
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.world_facts import STALE
from skill_stack.perception.balls.ball_finder import BallFinder, has_hue

Array = np.ndarray
LEVEL = 0.3
"""Difference of height from that of a ball on the floor up to which what is seen may be one, m."""
NEAR, FASTEST = 0.5, 2.5
"""How far a ball may be from where it was seen last, m, and by how much more for each second since, m/s."""
APART = 0.4
"""By how much farther a second thing like the ball has to be from there, m: else nobody knows which one it is."""
BLIND = 1.0
"""Time without a usable look after which the camera counts as blind, s."""
BEGINS = 20.0
"""The same before the first look, s: a camera may take so long to start."""


class BallWatch:
    """Where balls are; only what a camera has shown.

    Attributes:
        looks: How many looks were usable.
        refused: How many were not.
        reason: Why the last one that was not usable was refused.
    """

    def __init__(self, balls: Iterable[SceneObject], camera: CameraSpec) -> None:
        """Takes what is followed.

        Args:
            balls: Balls as the map states them; those without a colour by which they can be told are left out.
            camera: The camera.

        Raises:
            DataError: The camera is on a link.
        """
        if camera.link:
            raise DataError(f"a camera on '{camera.link}' cannot follow balls: it has to be fixed to the base")
        self._camera = camera
        self.balls = {one.id: one for one in balls if has_hue(one.colour)}
        kinds = {(one.colour, one.radius) for one in self.balls.values()}
        self._finders = {kind: BallFinder(*kind) for kind in kinds}
        self._seen: dict[str, SceneObject] = {}
        self._before: CameraFrame | None = None
        self.looks = self.refused = 0
        self.reason = ""
        self._good, self._begun = -math.inf, math.inf

    def look(self, look: Look, base: Array | None) -> bool:
        """Takes in a look.

        Args:
            look: Stamp, colour and intrinsics count.
            base: Pose of the base in ``map`` at that time: position and w-x-y-z orientation, m, shape (7,); None where
                it is not known.

        Returns:
            Whether it could be used.
        """
        stamp, colour, depth, intrinsics = look
        self.reason = "where the robot was is not known"
        frame = None
        if base is not None:
            frame = CameraFrame("camera", stamp, colour, depth, intrinsics, *eye_of(base, self._camera))
            self.reason = frame_fault(frame, measured=False) or frozen_fault(frame, self._before)
        if frame is None or self.reason:
            self.refused += 1
            return False
        self._before, self._good = frame, stamp
        self.looks += 1
        for kind, finder in self._finders.items():
            places = [frame.position + frame.rotation @ one.position for one in finder.find(colour, intrinsics)]
            alike = [ball for ball in self.balls.values() if (ball.colour, ball.radius) == kind]
            self._assign(alike, [one for one in places if self._may_be(one, frame.position, kind[1])], stamp)
        return True

    def _may_be(self, place: Array, eye: Array, radius: float) -> bool:
        """Whether a ball may be there: on the floor, and not too far away to be judged."""
        return abs(place[2] - radius) < LEVEL and float(np.linalg.norm(place - eye)) < self._camera.far

    def _assign(self, balls: Sequence[SceneObject], places: Sequence[Array], stamp: float) -> None:
        """Gives each ball the place that is near to where it was, unless another one could be it as well."""
        left = list(places)
        by_age = sorted(balls, key=lambda ball: -self._newest(ball).last_seen)
        for ball in by_age:
            known = self._newest(ball)
            away = sorted((math.dist(one[:2], known.position[:2]), number) for number, one in enumerate(left))
            if not away or away[0][0] > self._reach(ball, stamp):
                continue
            if len(away) > 1 and away[1][0] < away[0][0] + APART and len(left) > len(balls):
                continue
            x, y, _ = (float(value) for value in left.pop(away[0][1]))
            self._seen[ball.id] = replace(ball, position=(x, y, ball.radius), yaw=0.0, last_seen=stamp)

    def _newest(self, ball: SceneObject) -> SceneObject:
        return self._seen.get(ball.id, ball)

    def _reach(self, ball: SceneObject, stamp: float) -> float:
        """How far a ball may be by now from where it was seen last, m; from where it is only stated, any way."""
        seen = self._seen.get(ball.id)
        return math.inf if seen is None else NEAR + FASTEST * (stamp - seen.last_seen)

    def trouble(self, now: float) -> str:
        """Why nothing can be seen at a task time, s; empty where a usable look has come of late."""
        self._begun = min(self._begun, now)
        silent = now - (self._good if self.looks else self._begun)
        if silent <= (BLIND if self.looks else BEGINS):
            return ""
        return f"nothing seen for {silent:.0f} s: {self.reason or 'the camera is silent'}"

    def graph(self, now: float) -> SceneGraph:
        """The balls that were seen, where and when; of those that a blind camera should show :data:`STALE` holds."""
        blind = (Fact(STALE, (name,)) for name in self.balls) if self.trouble(now) else ()
        return SceneGraph(dict(self._seen), frozenset(blind))
