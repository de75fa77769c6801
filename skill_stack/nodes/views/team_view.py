"""TeamView: tells the other robots on the floor of this one, and takes what they tell."""

from __future__ import annotations

import time
from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from skill_stack.connector.parts_connector import PartsConnector
from skill_stack.connector.team.teammates import SILENT
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.team_member import TeamMember
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_diagnostics import TOPIC, diagnostic_array, diagnostic_status
from skill_stack.nodes.wire.wire_team import team_member_of, team_message
from skill_stack_interfaces.msg import TeamMember as TeamMessage

TEAM = "/team"
"""Topic that all robots of a floor share; its poses are in the ``map`` that they share, too."""
TELL_EVERY = 0.1  # s of task time, and least time on the wall between two messages in lock-step
WALL = 0.02  # s
REPORT_EVERY = 1.0  # s
QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=100,
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
)
"""Many senders on one topic; a lost message is replaced by the next one."""


class TeamView:
    """Publishes and subscribes. A robot that nobody listens to sends nothing."""

    def __init__(self, node: StackNode, connector: PartsConnector, now: Callable[[], float]) -> None:
        """Subscribes.

        Args:
            node: The connector's node; its namespace is the name of the robot.
            connector: The connector.
            now: Task time, s.
        """
        self._node, self._connector, self._now = node, connector, now
        self._due, self._wall = float("-inf"), 0.0
        connector.team.name = node.get_namespace().strip("/")
        self._publisher = node.create_publisher(TeamMessage, TEAM, QOS)
        self._diagnostics = node.create_publisher(DiagnosticArray, TOPIC, STREAM)
        subscribe(node, TeamMessage, TEAM, team_member_of, self._hear, QOS)
        node.create_timer(REPORT_EVERY, self._report)

    @property
    def waiting_for(self) -> str:
        """Why the robot waits; empty where it does not."""
        return self._connector.team.waiting_for

    def _hear(self, member: TeamMember) -> None:
        self._connector.team.hear(member, self._now())

    def tell(self, status: SkillStatus) -> None:
        """Tells the others, when it is time and there may be others; a robot without a namespace has no name to tell.

        Args:
            status: The newest status.
        """
        wall, passed = time.monotonic(), status.task_time - self._due
        if wall - self._wall < WALL or -1.0 < passed < 0.0 or not self._connector.team.name:
            return
        self._due, self._wall = status.task_time + TELL_EVERY, wall
        if self._publisher.get_subscription_count() <= 1:  # its own
            return
        member = self._connector.presence(status)
        if member is not None:
            self._publisher.publish(team_message(member, self._node.now_stamp(status.task_time)))

    def _report(self) -> None:
        """One status on ``/diagnostics`` where there are others."""
        team = self._connector.team
        ages = team.mates.ages(self._now())
        if not ages:
            return
        silent = [name for name, age in sorted(ages.items()) if age > SILENT]
        level = DiagnosticStatus.WARN if silent else DiagnosticStatus.OK
        text = team.waiting_for or "all heard"
        if silent:
            text = f"keeps clear of the last known place of {', '.join(silent)}"
        values = {name: f"heard {age:.1f} s ago" for name, age in sorted(ages.items())}
        self._diagnostics.publish(
            diagnostic_array(self._node, [diagnostic_status(self._node, level, "team", text, values)])
        )
