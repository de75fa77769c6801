"""Guide ``synergy``: brings a hand into a posture given in the synergies common to all hands."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.retargeting.retargeter import Retargeter
from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.core.errors import SkillStackError


class SynergyGuide(JointGuide):
    """Arguments ``s1``, ``s2``, … are coordinates; missing ones are 0. Signal: ``unfinished``.

    A change while it runs leads the hand on from where it is.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments of the step."""
        super().__init__(context)
        self._hand: Retargeter | None = None

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        robot, space = self.context.robot, shared_space()
        assert robot is not None, "a step knows its robot"
        try:
            if self._hand is None:
                self._hand = Retargeter(robot.part(self.context.part), space)
        except SkillStackError as error:
            raise GuideFailure("the hand has fingertips", str(error)) from error
        given = [self.context.number(f"s{number}") for number in range(1, space.size + 1)]
        return [self._hand.shape.positions(self._hand.joints(np.array(given)))]
