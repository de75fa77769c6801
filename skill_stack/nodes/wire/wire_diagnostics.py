"""Diagnostics as the tools of ROS expect them: one topic for all robots, told apart by names and hardware ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

TOPIC = "/diagnostics"
"""The same for every robot: ``diagnostic_aggregator`` and ``rqt_robot_monitor`` subscribe to it by this name."""
NOWHERE = "skill_stack"
"""Stands for the namespace in the names of a robot without one, so that an aggregator has a prefix to sort by."""


def status_name(namespace: str, name: str) -> str:
    """Name of a status: ``<namespace>: <name>``.

    Args:
        namespace: ROS namespace, with or without slashes at its ends; empty for none.
        name: What the status is about.
    """
    return f"{namespace.strip('/') or NOWHERE}: {name}"


def diagnostic_status(
    node: Any, level: bytes, name: str, text: str, values: Mapping[str, object] | None = None
) -> DiagnosticStatus:
    """One status of one robot.

    Args:
        node: The reporting node; its namespace and its parameter ``robot`` name the hardware.
        level: One of the levels of ``DiagnosticStatus``.
        name: What the status is about.
        text: How that is, in words.
        values: More about it.
    """
    namespace = node.get_namespace()
    robot = str(node.get_parameter("robot").value) if node.has_parameter("robot") else ""
    return DiagnosticStatus(
        level=level,
        name=status_name(namespace, name),
        message=text,
        hardware_id="/".join(filter(None, (namespace.strip("/"), robot))) or NOWHERE,
        values=[KeyValue(key=key, value=str(value)) for key, value in (values or {}).items()],
    )


def diagnostic_array(node: Any, statuses: Iterable[DiagnosticStatus]) -> DiagnosticArray:
    """Statuses as one message, stamped now."""
    message = DiagnosticArray(status=list(statuses))
    message.header.stamp = node.get_clock().now().to_msg()
    return message
