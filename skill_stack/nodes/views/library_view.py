"""LibraryView: the connector's skills, for a node that plans with them."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.skill_folders import TOPIC
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_library import with_connector_status
from skill_stack_interfaces.msg import SkillStates


class LibraryView:
    """Reads the folders again when the connector reports a change."""

    def __init__(
        self, node: StackNode, robot: RobotSpec, library: SkillLibrary, take: Callable[[SkillLibrary], None]
    ) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            robot: The robot.
            library: Its skills as they were loaded.
            take: Is given every other library.
        """
        self._node, self._robot, self._library, self._take = node, robot, library, take
        subscribe(node, SkillStates, TOPIC, self._told, self._on_skills, LATCHED)

    def _told(self, message: SkillStates) -> SkillLibrary:
        return with_connector_status(self._node.load_library(self._robot), message)

    def _on_skills(self, library: SkillLibrary) -> None:
        if library.entries == self._library.entries:
            return
        before, self._library = self._library, library
        new = [name for name, entry in library.entries.items() if entry.usable and name not in before]
        self._node.get_logger().info(f"skills have changed; new words: {', '.join(new) or 'none'}")
        self._take(library)
