"""Guide ``touching``: brings the fingertips of a humanoid to an object over planted feet."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.kinematics.reach_map import hand_chain
from skill_stack.connector.paths.object_outline import surface_distance
from skill_stack.connector.reaching.hands import HandGuide, robot_of
from skill_stack.connector.reaching.planted import LEGS, Stillness
from skill_stack.connector.reaching.vantage import side_of, spot_before
from skill_stack.core.world.scene import Pose2

Array = np.ndarray
BEFORE, ABOVE = 0.12, 0.06
"""Where a hand that is to touch something comes first: before and above the place, m."""
PATIENT = 4.0
"""For how long it waits until the robot stands still, s; it comes to a halt within 2 s."""


class TouchGuide(HandGuide):
    """Brings the fingertips to ``target``, with the hand on whose side it is. Signals as of the guide ``hand_to``.

    Where the target is relative to the robot is looked up anew for every correction. Arm and waist set out once the
    legs are at rest: legs that step while an arm presses turn the robot away. Settings as of the guide
    ``hand_to``, and ``depth``, how far behind the surface it aims, m.
    """

    DWELL = 0.5
    CORRECTIONS = 10
    FIRST = 1
    PLACED = True

    def _begin(self, context: GuideContext) -> None:
        JointGuide._begin(self, context)
        self._start_over()
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._side, self._point = "", (0.0, 0.0, 0.0)
        self._wait()

    def _wait(self) -> None:
        """Waits until the legs are at rest."""
        self._stillness = Stillness(robot_of(self.context).members([LEGS]), PATIENT)

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`HandGuide`."""
        self._wait()
        return super().motions(view)

    def ready(self, view: GuideView, there: float) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: arms that moved may have made legs step."""
        return self._stillness.reached(view) and super().ready(view, there)

    def renewed(self, view: GuideView, motions: list[dict[str, float]]) -> list[dict[str, float]]:
        """See :class:`HandGuide`."""
        self._wait()
        return super().renewed(view, motions)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`HandGuide`."""
        if self._motions is None and not self._stillness.reached(view):
            return GuideStep({}, {}, math.inf, tuple(view.outlines.names))
        return dataclasses.replace(super().step(view), near=tuple(view.outlines.names))

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
