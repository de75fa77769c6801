"""SignalFeed: battery, temperatures and what joints do, for the page's plots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sensor_msgs.msg import BatteryState, Temperature

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.monitor.status_board import StatusBoard, StatusSnapshot
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.device_condition import EVERY_MOTOR

_UNITS = {"position": "rad", "velocity": "rad/s", "torque": "N·m"}
_OTHERS = {"tick time": "ms", "lateness": "ms", "speed": "m/s", "tilt": "rad", "battery": "", "hottest motor": "°C"}


def signal_section(robot: RobotSpec) -> dict[str, Any]:
    """The section ``signals``: what can be plotted of a robot, its units and limits."""
    names, units, limits = list(_OTHERS), dict(_OTHERS), {}
    limits["battery"] = [robot.safety.battery, 1.0]
    for part in robot.parts:
        member = robot.part(part)
        for name, joint in zip(robot.parts[part].joints, member.joints, strict=True):
            most = joint.effort * member.safety.torque_margin
            fast = joint.velocity
            for kind, limit in (
                ("position", [joint.lower, joint.upper]), ("velocity", [-fast, fast]), ("torque", [-most, most])
            ):  # fmt: skip
                names.append(f"{name} {kind}")
                units[f"{name} {kind}"], limits[f"{name} {kind}"] = _UNITS[kind], limit
    return {"names": names, "units": units, "limits": limits}


def signal_values(snapshot: StatusSnapshot, names: frozenset[str]) -> dict[str, float]:
    """The newest values of some signals; those that nobody measures are left out."""
    status = snapshot.status
    found: dict[str, float | None] = {"battery": snapshot.battery, "hottest motor": snapshot.hottest}
    if status is not None:
        x, y = (float(part) for part in status.base_velocity[:2])
        found |= {"tick time": status.tick_ms, "lateness": status.lateness_ms, "speed": (x * x + y * y) ** 0.5,
                  "tilt": status.tilt}  # fmt: skip
    for name in names:
        joint, _, kind = name.rpartition(" ")
        values = {"position": snapshot.joints, "velocity": snapshot.velocities, "torque": snapshot.torques}.get(kind)
        if values is not None and joint in values:
            found[name] = values[joint]
    return {name: round(float(value), 4) for name, value in found.items() if name in names and value is not None}


class SignalFeed:
    """Subscribes to ``battery_state`` and ``temperature``; only while the page is watched."""

    def __init__(self, node: StackNode, board: StatusBoard) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            board: Takes what is heard.
        """
        self._node = node
        charge: Callable[[Any], float] = lambda message: float(message.percentage)  # noqa: E731
        warmth: Callable[[Any], tuple[str, float]] = lambda message: (message.header.frame_id, message.temperature)  # noqa: E731
        free = tuple(name for name in BatteryState.get_fields_and_field_types())
        self._subscriptions = [
            subscribe(node, BatteryState, "battery_state", charge, board.note_battery, NEWEST, free),
            subscribe(node, Temperature, "temperature", warmth, lambda one: board.note_warmth(*one), EVERY_MOTOR),
        ]

    def close(self) -> None:
        """Ends the subscriptions."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
