"""Guides ``joints`` and ``pose``: one motion, to goal values of the skill's own, or to a named pose of the part."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.core.errors import SkillStackError


class JointsGuide(JointGuide):
    """Settings are goal values of the servo by name, e.g. ``slide_z/by``.

    A setting ``<name>=<argument>`` is a factor by which that argument becomes the goal value.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        goals: dict[str, float] = {}
        for name, value in self.context.numbers.items():
            goal, _, argument = name.partition("=")
            goals[goal] = value * self.context.number(argument) if argument else value
        return [goals]


class PoseGuide(JointGuide):
    """Goes to the pose that ``guided.template`` names, e.g. ``count_$number``. Signal: ``unfinished``."""

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        robot = self.context.robot
        assert robot is not None, "a step knows its robot"
        try:
            part = robot.part(self.context.part)
            return [dict(zip(part.joint_names, part.pose(self.context.template).tolist()))]
        except SkillStackError as error:
            raise GuideFailure("the pose is known", str(error)) from error
