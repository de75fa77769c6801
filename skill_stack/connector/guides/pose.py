"""Guide ``pose``: brings the joints of a part to a named pose, which an argument may choose."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.core.errors import SkillStackError


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
