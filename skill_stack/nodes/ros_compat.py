"""Differences between the ROS releases that the stack runs on (Jazzy, Kilted; Humble as far as it goes)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

__all__ = [
    "ANY_SENDER", "ExternalShutdownException", "LATCHED", "MESSAGE_INFO", "NEWEST", "STREAM", "newest",
    "on_parameters_set", "shut_down",
]  # fmt: skip

MESSAGE_INFO = hasattr(Subscription, "CallbackType")
"""Whether a callback can ask for the info of its message; not in Humble."""

LATCHED = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""For late subscribers: scene, robot description, plan. Both sides need it."""

STREAM = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=20, reliability=ReliabilityPolicy.RELIABLE)
"""For data that must not get lost: setpoints, outcomes, events."""


def newest(count: int) -> QoSProfile:
    """For readers that answer only the newest of several sources on one topic, as the parts of a robot.

    A longer queue would make a slow reader a late one: it answers every message long after it was sent, and whatever
    it says runs out before it arrives.

    Args:
        count: How many sources there are.
    """
    return QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=count, reliability=ReliabilityPolicy.RELIABLE)


NEWEST = newest(1)
"""For data of which only the newest counts: sensors, transforms. Reliable, so that any subscriber's request fits."""

ANY_SENDER = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""For subscriptions to others' publishers, ``cmd_vel``: fits reliable and best-effort publishers."""


def on_parameters_set(node: Any, take: Callable[[list[Any]], object]) -> None:
    """Has a function called after parameters were set by a client or by ``set_parameters_atomically``.

    Args:
        node: The node.
        take: Is given the parameters with their new values.
    """
    add = getattr(node, "add_post_set_parameters_callback", None)
    if add is not None:
        add(take)
        return
    plain = node.set_parameters_atomically  # Humble has no such callback; the services of the node call this

    def set_and_tell(given: list[Any]) -> Any:
        result = plain(given)
        if result.successful:
            take(given)
        return result

    node.set_parameters_atomically = set_and_tell


def shut_down() -> None:
    """Ends ROS in this process; harmless when it has ended already (Humble has no ``try_shutdown``)."""
    end = getattr(rclpy, "try_shutdown", None)
    if end is not None:
        end()
    elif rclpy.ok():
        rclpy.shutdown()
