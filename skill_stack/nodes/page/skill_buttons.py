"""SkillButtons: the robot's skills on the page, and what is begun by pressing them."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.processes.confirmation import WANTED
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.monitor.page.actions import Argument
from skill_stack.monitor.page.skill_state import requestable, skill_section
from skill_stack.monitor.status_board import PageEvent
from skill_stack.nodes.skill_caller import SkillCaller
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.library_view import LibraryView

PERIOD = 0.1
"""Time between two looks at what was pressed, s."""


class SkillButtons:
    """Keeps the section ``skills``, and runs one skill at a time through the connector, as a gamepad does."""

    def __init__(
        self, node: StackNode, robot: RobotSpec, library: SkillLibrary, show: Callable[[Mapping[str, Any]], object],
        tell: Callable[[PageEvent], None],
    ) -> None:  # fmt: skip
        """Shows the skills.

        Args:
            node: The node to work with.
            robot: The robot.
            library: Its skills as they were loaded.
            show: Takes the section, whenever the connector reports a change.
            tell: Takes what became of a press.
        """
        self._show, self._tell = show, tell
        self._library = library
        self._pressed: queue.SimpleQueue[SkillRequest] = queue.SimpleQueue()
        self._count = 0
        LibraryView(node, robot, self._library, self._renew)
        self._caller = SkillCaller(node, self._ended)
        node.create_timer(PERIOD, self._look)
        self._renew(self._library)

    def start(self, name: str, arguments: Mapping[str, Argument]) -> str:
        """Begins a skill; why not, or an empty string. From any thread."""
        library = self._library
        try:
            spec = library[name]
            if spec not in requestable(library):
                return f"'{name}' only serves other skills"
            complete = spec.complete(dict(arguments))
            if library.hazard(name) == "high":
                return f"'{name}': {WANTED}"
        except (UnknownName, DataError) as error:
            return str(error)
        self._count += 1
        self._pressed.put(SkillRequest(f"page-{os.getpid()}-{self._count}", name, complete))
        return ""

    def _look(self) -> None:
        while not self._pressed.empty():
            request = self._pressed.get()
            said = " ".join(str(value) for value in request.arguments.values())
            self._tell(PageEvent(f"{request.skill.replace('_', ' ')} {said}".strip(), "said"))
            self._caller.start(request)
        self._caller.look()

    def _ended(self, outcome: StepOutcome) -> None:
        """Tells of a press that came to nothing; how steps end is told by the connector's own topic."""
        if outcome.outcome == "failed" and not outcome.seconds:
            self._tell(PageEvent(f"{outcome.skill.replace('_', ' ')}: {outcome.reason}", "bad"))

    def _renew(self, library: SkillLibrary) -> None:
        self._library = library
        self._show({"skills": skill_section(library)})
