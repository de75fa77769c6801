"""SkillButtons: the robot's skills on the page, and what is begun by pressing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import plan_text
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.monitor.page.actions import Argument
from skill_stack.monitor.page.skill_state import requestable, skill_section
from skill_stack.monitor.plan_view import StepView
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.library_view import LibraryView

Send = Callable[[str, str, bool], object]
"""Takes what was pressed in words, as the text of a plan, and whether the hand may confirm what is hazardous."""


class SkillButtons:
    """Keeps the section ``skills``, and sends a press to the planner as a plan of one step.

    So a press is checked like any request: steps that it needs first are put in, and hazards are asked about.
    """

    def __init__(
        self, node: StackNode, robot: RobotSpec, library: SkillLibrary, show: Callable[[Mapping[str, Any]], object],
        send: Send,
    ) -> None:  # fmt: skip
        """Shows the skills.

        Args:
            node: The node to work with.
            robot: The robot.
            library: Its skills as they were loaded.
            show: Takes the section, whenever the connector reports a change.
            send: Takes what was pressed.
        """
        self._show, self._send = show, send
        self._library = library
        LibraryView(node, robot, library, self._renew)
        self._renew(library)

    def start(self, name: str, arguments: Mapping[str, Argument], sure: bool) -> str:
        """Begins a skill; why not, or an empty string. From any thread.

        Args:
            name: Of the skill.
            arguments: By name, SI units.
            sure: Whether the hand may confirm what is hazardous.
        """
        try:
            spec = self._library[name]
            if spec not in requestable(self._library):
                return f"'{name}' only serves other skills"
            complete = spec.complete(dict(arguments))
        except (UnknownName, DataError) as error:
            return str(error)
        words = StepView(name, {key: complete[key] for key in arguments}).text
        steps = PlanNode("sequence", (PlanNode("skill", skill=name, arguments=complete),))
        self._send(words, plan_text(steps, instruction=words), sure)
        return ""

    def _renew(self, library: SkillLibrary) -> None:
        self._library = library
        self._show({"skills": skill_section(library)})
