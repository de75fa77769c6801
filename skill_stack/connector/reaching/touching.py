"""Guide ``touching``: brings the fingertips of a humanoid to an object while the base keeps its place."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.reach_map import hand_chain
from skill_stack.connector.paths.object_outline import surface_distance
from skill_stack.connector.reaching.hands import HandGuide, robot_of
from skill_stack.connector.reaching.vantage import free_room, side_of, spot_before
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
BEFORE, ABOVE = 0.12, 0.06
"""Where a hand that is to touch something comes first: before and above the place, m."""
RATE, FASTEST = 0.4, (0.15, 0.15, 0.3)
"""Speed for a way that is left, 1/s, and the largest ones ahead, to the left and of turning, m/s and rad/s."""


SMOOTH = 0.3
"""Time over which the place of the base is averaged, s."""
STEP = 0.08
"""Longest step of the base for one correction that was out of reach, m."""


class PlaceKeeper:
    """Steers a base that steps on the spot back to where it was first, by its pose in ``map``.

    Attributes:
        place: Where it shall be, in ``map``; None before the first view.
    """

    def __init__(self) -> None:
        """Takes the place, in ``map``, from the first view."""
        self.place: Pose2 | None = None
        self._off, self._then = np.zeros(3), 0.0

    def steer(self, view: GuideView) -> dict[str, float]:
        """Velocities by name, m/s and rad/s, by how far it is off on average over its steps."""
        self.place = self.place or view.pose
        off = np.array([*view.pose.local(self.place.x, self.place.y), wrap_angle(self.place.yaw - view.pose.yaw)])
        share = min(1.0, (view.now - self._then) / SMOOTH) if self._then else 1.0
        self._off += share * (off - self._off)
        self._then = view.now
        speed = np.clip(RATE * self._off, -np.array(FASTEST), FASTEST)
        return dict(zip(("vx", "vy", "wz"), speed.tolist(), strict=True))


class TouchGuide(HandGuide):
    """Brings the fingertips to ``target``, with the hand on whose side it is. Signals as of the guide ``hand_to``.

    Where the target is relative to the robot is looked up anew for every correction. The base is held where it began:
    while an arm reaches out, the standing policy drifts by some centimetres in a second, which its legs do not tell.
    Settings as of the guide ``hand_to``, and ``depth``, how far behind the surface it aims, m.
    """

    DWELL = 0.5
    CORRECTIONS = 10
    FIRST = 1
    WALKS = True

    def _begin(self, context: GuideContext) -> None:
        JointGuide._begin(self, context)
        self._start_over()
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._side, self._point = "", (0.0, 0.0, 0.0)
        self._keeper = PlaceKeeper()

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`HandGuide`; the base is steered, too."""
        step = super().step(view)
        return dataclasses.replace(step, goals=step.goals | self._keeper.steer(view), near=tuple(view.outlines.names))

    def _look(self, view: GuideView) -> None:
        super()._look(view)
        thing = self._target.find(view)
        if not self._side:
            self._side = side_of(thing, view.pose)
            self._chain = hand_chain(robot_of(self.context), self._side)
        ahead, left, height = spot_before(view, thing)
        away = math.hypot(ahead, left)
        share = 1.0 + self.context.numbers.get("depth", 0.0) / max(away, 1e-6)
        self._point = (ahead * share, left * share, height)

    def _miss(self, view: GuideView, short: Array) -> None:
        """See :class:`HandGuide`: the base steps on by that, where it is free."""
        assert self._keeper.place is not None, "it keeps a place from its first step on"
        short = short[:2] * min(1.0, STEP / max(float(np.linalg.norm(short[:2])), 1e-6))
        place = self._keeper.place.compose(Pose2(float(short[0]), float(short[1]), 0.0))
        if free_room(view, np.array([(place.x, place.y)]))[0] >= self.context.footprint.front:
            self._keeper.place = place

    def _off(self, view: GuideView, hand: Array) -> float:
        """See :class:`HandGuide`: from the surface."""
        spot = view.pose.compose(Pose2(float(hand[0]), float(hand[1]), 0.0))
        return surface_distance(self._target.find(view), np.array([spot.x, spot.y, hand[2]]))

    def _where(self) -> tuple[float, float, float]:
        """The point; before the first motion has ended one above and before it, so that no edge is in the way."""
        x, y, z = self._point
        if self._stage:
            return self._point
        share = 1.0 - BEFORE / max(math.hypot(x, y), 1e-6)
        return x * share, y * share, z + ABOVE
