"""SkillFolders: takes new and changed skills while the connector runs, and publishes the library."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.reload_request import ReloadRequest
from skill_stack.core.skills.library_watch import LibraryWatch
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_library import skills_message
from skill_stack_interfaces.msg import SkillStates

LOOK = 2.0  # s between two looks for new skill folders
TOPIC = "skills"
"""Topic that lists which skills can be used, and why others cannot."""


class SkillFolders:
    """Watches the folders, has the control process load what it must, and passes on the usable skills."""

    def __init__(
        self, node: StackNode, robot: RobotSpec, library: SkillLibrary, take: Callable[[SkillLibrary], bool]
    ) -> None:
        """Starts the watch, and publishes the library.

        Args:
            node: The node to look with.
            robot: The robot.
            library: Its skills as loaded.
            take: Called with a new library until it returns that it took it.
        """
        self._node, self._robot, self._take = node, robot, take
        self._watch = LibraryWatch(node.resources, robot, library)
        self._reload, self._asked = ReloadRequest(node.block), 0
        self._new: SkillLibrary | None = None
        self._said = node.create_publisher(SkillStates, TOPIC, LATCHED)
        self._said.publish(skills_message(library))
        node.create_timer(LOOK, self.look)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of skills that the control process must load first."""
        return self._watch.waiting

    def look(self) -> None:
        """Takes new and changed skills as soon as nothing runs."""
        found = self._watch.look(lambda: self._node.load_library(self._robot))
        if found is not None and self.waiting:
            self._asked = self._reload.ask()
            text = f"skills {', '.join(self.waiting)} are loaded as soon as the robot lies or is disarmed"
            self._node.get_logger().info(text)
        elif self._asked and self._reload.heeded(self._asked):
            found, self._asked = self._watch.accept(), 0
        self._new = found or self._new
        if self._new is not None and self._take(self._new):
            usable = sum(entry.usable for entry in self._new.entries.values())
            self._node.get_logger().info(f"skills read again: {usable} of {len(self._new.entries)} can be used")
            self._said.publish(skills_message(self._new))
            self._new = None
