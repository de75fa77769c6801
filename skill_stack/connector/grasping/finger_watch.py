"""FingerWatch: whether fingers are where they would touch a thing; it has slipped away where they are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from skill_stack.connector.grasping.grasp_plan import GraspPlan, kept_plan
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.held import held
from skill_stack.connector.guides.guide import GuideFailure
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import SceneGraph

Array = np.ndarray
SLIPPED = 0.015
"""Distance of a pad from where it should touch a thing from which on that is not between the fingers, m. Own: of
fingers that hold, the farthest was 5 mm off, since pads give way and the map errs; of a slipped thing a thumb 44 mm.
"""


class FingerWatch:
    """Watches what a hand that is carried has closed on, by the measured joints of its fingers alone."""

    def __init__(self, names: Iterable[str], robot: RobotSpec, part: str) -> None:
        """Takes the ids of things that a step of a part needs or leaves in the hand; the hand's own steps move it."""
        self._names, self._grips = tuple(names), dict[str, _Grip]()
        try:
            self._part, self._hand = hand_of(robot)
        except DataError:
            self._names = ()
            return
        if part == self._part:
            self._names = ()

    def check(self, scene: SceneGraph, joints: Mapping[str, float]) -> None:
        """Asks the fingers.

        Args:
            scene: The world.
            joints: Measured positions of the whole robot's joints, rad or m, by name; those that are not said tell
                nothing.

        Raises:
            GuideFailure: A thing is no longer held.
        """
        for name in self._names:
            wish, thing = held(self._hand, name), scene.objects.get(name)
            if wish is None or thing is None:
                continue
            if name not in self._grips:
                if (plan := kept_plan(self._hand, wish, thing)) is None:
                    continue
                self._grips[name] = _Grip(self._hand, self._part, plan)
            if self._grips[name].off(joints) > SLIPPED:
                raise GuideFailure(LOST, f"'{name}' has slipped out of my fingers")


class _Grip:
    """How a hand should be closed on a thing."""

    def __init__(self, hand: RobotSpec, part: str, plan: GraspPlan) -> None:
        self._kinematics, contacts = HandKinematics(hand), plan.template.contacts
        self._names = tuple(f"{part}_{name}" if part else name for name in hand.joint_names)
        pads = [self._kinematics.book.pads[name] for name in contacts]
        self._links = self._kinematics.indices(pad.link for pad in pads)
        self._points = np.array([pad.point for pad in pads])
        self._there = self._places(plan.fit.closed)
        self._loose = plan.template.loose

    def off(self, joints: Mapping[str, float]) -> float:
        """Largest distance of a pad from where it should touch, m; 0 where a joint is not known or nothing presses."""
        if self._loose or not all(name in joints for name in self._names):
            return 0.0
        now = self._places(np.array([joints[name] for name in self._names]))
        return float(np.linalg.norm(now - self._there, axis=1).max())

    def _places(self, joints: Array) -> Array:
        """The pads in the hand's frame, m, shape (pads, 3)."""
        turns, origins = self._kinematics.frames(joints)
        return np.asarray((turns[self._links] @ self._points[..., None])[..., 0] + origins[self._links])
