"""Publishes a recording on its own topics, so that RViz, the page and others follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any

import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from skill_stack.core.errors import SkillStackError
from skill_stack.recording.format import TRUTH
from skill_stack.recording.reading.episode import ALWAYS, NS, Window, span
from skill_stack.recording.recording import Recording

LATCHED = ("/robot_description", "/tf_static", "/scene", "/map")
"""Ends of topics whose last message late subscribers get."""
LATE = 0.5
"""Pause of this process, s, after which the clock of the replay goes on from there instead of catching up."""


def replay(
    run: Recording,
    rate: float,
    window: Window = ALWAYS,
    topics: Collection[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> int:
    """Publishes the messages of a run at their times.

    Args:
        run: The run.
        rate: Factor on its speed.
        window: Only those in it, wall time, s.
        topics: Only these; None for all whose types are installed, without the simulator's truth.
        report: Takes what is told to people.

    Returns:
        How many were published.

    Raises:
        SkillStackError: A topic has a publisher already, so that a robot runs under these names.
    """
    own = not rclpy.ok()
    if own:
        rclpy.init()
    node = Node("replay")
    try:
        return _published(node, run, rate, window, topics, report)
    finally:
        node.destroy_node()
        if own:
            rclpy.try_shutdown()


def _published(
    node: Node,
    run: Recording,
    rate: float,
    window: Window,
    topics: Collection[str] | None,
    report: Callable[[str], None],
) -> int:
    wanted = [one for one in run.topics if not one.endswith(f"/{TRUTH}") and (topics is None or one in topics)]
    publishers = {one: found for one in wanted if (found := _publisher(node, one, run.topics[one])) is not None}
    missing = sorted({run.topics[one] for one in set(wanted) - set(publishers)})
    if missing:
        report(f"not published, since their types are not installed: {', '.join(missing)}")
    time.sleep(1.0)  # until other nodes are known
    taken = [one for one in publishers if node.count_publishers(one) > 1]
    if taken:
        raise SkillStackError(
            f"a stack is running that publishes {', '.join(sorted(taken)[:4])}; replay elsewhere: set ROS_DOMAIN_ID"
        )
    began, first, count = time.monotonic(), None, 0
    for topic, _, at, data in run.raw_messages(list(publishers), *span(window)):
        first = at if first is None else first
        wait = (at - first) * NS / rate - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)
        elif wait < -LATE:
            began += -wait
        publishers[topic].publish(data)
        count += 1
    return count


def _publisher(node: Node, topic: str, kind: str) -> Any | None:
    """A publisher of a type by its name; None where it is not installed."""
    package, _, name = kind.split("/")
    latched = topic.endswith(LATCHED)
    durability = DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE
    qos = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE, durability=durability)
    try:
        return node.create_publisher(getattr(import_module(f"{package}.msg"), name), topic, qos)
    except (ImportError, AttributeError, ValueError):
        return None
