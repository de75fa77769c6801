"""Guide ``joints``: one motion whose goal values are the skill's own settings and numeric arguments."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideView
from skill_stack.connector.guides.joint_guide import JointGuide


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
