"""SetpointGateway: accepts the connector's setpoints, and names other senders."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rclpy.topic_endpoint_info import TopicEndpointInfo

from skill_stack.core.processes.run_key import read_run_key
from skill_stack.core.processes.setpoint_seal import ForeignSetpoint, SealCheck
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire import setpoint_of
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage

TOPIC = "skill_setpoint"
UNKNOWN = "a sender that ROS does not name"
MOST_NAMES = 32
"""Senders that are counted separately; a sender may use many names."""


class SetpointGateway:
    """Checks the seal of every setpoint, counts refused ones, and identifies their senders.

    Attributes:
        refused: How many were refused, by the node that sent them.
    """

    def __init__(self, node: StackNode) -> None:
        """Starts accepting seals.

        Args:
            node: The front end.
        """
        self._node = node
        self._check = SealCheck(lambda: read_run_key(node.block), time.monotonic_ns())
        self._names: dict[bytes, str] = {}
        self.refused: dict[str, int] = {}

    def open(self, message: SetpointMessage, info: Mapping[str, Any]) -> SkillSetpoint:
        """The setpoint of a message.

        Args:
            message: The received message.
            info: Its message info from ROS.

        Raises:
            ForeignSetpoint: It is not the connector's; the text names who sent it.
            DataError: There is no shared memory to read the run's secret from.
        """
        try:
            return self._check.open(setpoint_of(message))
        except ForeignSetpoint as error:
            sender = self._sender(info)
            if sender not in self.refused and len(self.refused) >= MOST_NAMES:
                sender = UNKNOWN
            count = self.refused[sender] = self.refused.get(sender, 0) + 1
            raise ForeignSetpoint(f"setpoint number {count} of {sender} is refused: {error}") from error

    def _sender(self, info: Mapping[str, Any]) -> str:
        """The sender of a message, by its publisher's gid; all publishers where ROS gives no gid (before Kilted)."""
        identity = bytes((info.get("publisher_gid") or {}).get("data", b""))
        if identity not in self._names:
            found = self._node.get_publishers_info_by_topic(TOPIC)
            if "publisher_gid" not in info:
                return "one of " + ", ".join(sorted({_name(one) for one in found})) if found else UNKNOWN
            self._names = {_identity(one): _name(one) for one in found}
        return self._names.get(identity, UNKNOWN)


def _identity(endpoint: TopicEndpointInfo) -> bytes:
    return bytes(endpoint.endpoint_gid)


def _name(endpoint: TopicEndpointInfo) -> str:
    place = f"{endpoint.node_namespace.rstrip('/')}/{endpoint.node_name}"
    return f"{place} (publisher {_identity(endpoint).hex()})"
