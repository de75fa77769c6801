"""OtherRobots: the other robots of this ROS domain on the page, and their stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import SkillStatus
from skill_stack.monitor.status_board import STALE_AFTER
from skill_stack.nodes.border import border_of, message_of, subscribe_raw
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.wire.wire import SIGNALS, status_of
from skill_stack_interfaces.msg import SkillStatus as StatusMessage

PERIOD = 2.0
"""Time between two looks for other robots, s."""
_TOPIC, _TYPE = "/skill_status", "skill_stack_interfaces/msg/SkillStatus"


class _Robot:
    """One of them: its stops, and its newest status while the page is watched."""

    def __init__(self, node: StackNode, namespace: str) -> None:
        self.name, self.stops = namespace.strip("/") or "/", StopLine(node, namespace)
        self._node, self._topic = node, f"{namespace}{_TOPIC}"
        self._raw, self._at = b"", 0.0
        self._status: SkillStatus | None = None
        self._subscription: Any = None

    def watch(self, watched: bool) -> None:
        if watched and self._subscription is None:
            self._subscription = subscribe_raw(self._node, StatusMessage, self._topic, self._take, NEWEST)
        elif not watched and self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def _take(self, raw: bytes) -> None:
        self._raw, self._at = raw, time.monotonic()

    def shown(self) -> dict[str, Any]:
        if self._raw:
            raw, self._raw = self._raw, b""
            read: Callable[[], SkillStatus] = lambda: status_of(message_of(raw, StatusMessage, SIGNALS))  # noqa: E731
            self._status = border_of(self._node).read(self._topic, read) or self._status
        status = self._status
        connected = status is not None and time.monotonic() - self._at <= STALE_AFTER
        said = (status.mode.value, status.skill, status.reason) if status is not None else ("", "", "")
        return {"name": self.name, "connected": connected, "mode": said[0], "skill": said[1], "reason": said[2]}


class OtherRobots:
    """Finds them by their status. A robot once found is kept, so that a stop for all reaches one that is silent."""

    def __init__(self, node: StackNode, show: Callable[[Mapping[str, Any]], object]) -> None:
        """Begins to look.

        Args:
            node: The node to work with.
            show: Takes the section ``robots``.
        """
        self._node, self._show = node, show
        self._own = node.get_namespace().rstrip("/")
        self._robots: dict[str, _Robot] = {}
        self._watched = False
        node.create_timer(PERIOD, self._look)

    def watch(self, watched: bool) -> None:
        """Listens to them while the page is watched."""
        self._watched = watched
        for robot in self._robots.values():
            robot.watch(watched)

    def close(self) -> None:
        """Ends everything that was made for robots when they were found."""
        for robot in self._robots.values():
            robot.watch(False)
            robot.stops.close(self._node)
        self._robots.clear()

    def update(self) -> None:
        """Shows what is known of them now."""
        self._show({"robots": [robot.shown() for robot in self._robots.values()]})

    def ask(self, kind: Kind, name: str = "") -> list[str]:
        """Stops, damps or resets one of them, or all; from any thread.

        Args:
            kind: What is asked for.
            name: Of the robot; empty for all.

        Returns:
            Why some were not reached.
        """
        found = [robot for robot in tuple(self._robots.values()) if name in ("", robot.name)]
        if name and not found:
            known = ", ".join(robot.name for robot in tuple(self._robots.values())) or "none"
            return [f"there is no other robot '{name}' here; there are: {known}"]
        trouble = []
        for robot in found:
            try:
                robot.stops.ask(kind)
            except SkillStackError as error:
                trouble.append(f"{robot.name}: {error}")
        return trouble

    def _look(self) -> None:
        for topic, types in self._node.get_topic_names_and_types():
            namespace = topic.removesuffix(_TOPIC)
            if not topic.endswith(_TOPIC) or _TYPE not in types or namespace in (self._own, *self._robots):
                continue
            robot = self._robots[namespace] = _Robot(self._node, namespace)
            robot.watch(self._watched)
