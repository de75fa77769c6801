"""Differences between the ROS releases that the stack runs on (Jazzy, Kilted; Humble as far as it goes)."""

from __future__ import annotations

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

__all__ = ["ANY_SENDER", "ExternalShutdownException", "LATCHED", "NEWEST", "STREAM", "shut_down"]

LATCHED = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""For late subscribers: scene, robot description, plan. Both sides need it."""

STREAM = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=20, reliability=ReliabilityPolicy.RELIABLE)
"""For data that must not get lost: status, setpoints, outcomes."""

NEWEST = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.RELIABLE)
"""For data of which only the newest counts: sensors, transforms. Reliable, so that any subscriber's request fits."""

ANY_SENDER = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""For subscriptions to others' publishers, ``cmd_vel``: fits reliable and best-effort publishers."""


def shut_down() -> None:
    """Ends ROS in this process; harmless when it has ended already (Humble has no ``try_shutdown``)."""
    end = getattr(rclpy, "try_shutdown", None)
    if end is not None:
        end()
    elif rclpy.ok():
        rclpy.shutdown()
