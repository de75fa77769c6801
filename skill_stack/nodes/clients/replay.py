"""Publishes a recording on its own topics, so that RViz, the page and others follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any

import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions

from skill_stack.core.errors import SkillStackError
from skill_stack.recording.format import TRUTH
from skill_stack.recording.latched import DEPTH, STATIC, LatchedMessage, LatchedMessages
from skill_stack.recording.reading.episode import ALWAYS, NS, Window, span
from skill_stack.recording.recording import Recording

LATE = 0.5
"""Pause of this process, s, after which the clock of the replay goes on from there instead of catching up."""
LOOK = 1.0
"""Time between two looks for a robot that runs under these names, s; the first is as long after the beginning."""


def replay(
    run: Recording,
    rate: float,
    window: Window = ALWAYS,
    topics: Collection[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> int:
    """Publishes the messages of a run at their times, and first what was latched when the window begins.

    Args:
        run: The run.
        rate: Factor on its speed.
        window: Only those in it, wall time, s.
        topics: Only these; None for all whose types are installed, without the simulator's truth.
        report: Takes what is told to people.

    Returns:
        How many were published.

    Raises:
        SkillStackError: A topic of the run has another publisher, so that a robot runs under these names. It is
            looked for as long as messages are published, since some of them (``cmd_vel``) would move a robot.
    """
    own = not rclpy.ok()
    if own:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
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
    publishers = _publishers(node, run, topics, report)
    time.sleep(LOOK)  # until other nodes are known
    _refuse_beside_a_robot(node, run, publishers)
    start, end = span(window)
    count = 0
    for topic, data in _latched_before(run, publishers, start):
        publishers[topic].publish(data)
        count += 1
    began, first = time.monotonic(), None
    looked = began
    for topic, _, at, data in run.raw_messages(list(publishers), start, end):
        first = at if first is None else first
        wait = (at - first) * NS / rate - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)
        elif wait < -LATE:
            began += -wait
        if time.monotonic() - looked > LOOK:
            _refuse_beside_a_robot(node, run, publishers)
            looked = time.monotonic()
        publishers[topic].publish(data)
        count += 1
    for publisher in publishers.values():
        publisher.wait_for_all_acked(Duration(seconds=LOOK))
    return count


def _publishers(
    node: Node, run: Recording, topics: Collection[str] | None, report: Callable[[str], None]
) -> dict[str, Any]:
    """Publishers by topic, of those that are wanted and whose types are installed."""
    wanted = [one for one in run.topics if not one.endswith(f"/{TRUTH}") and (topics is None or one in topics)]
    latched = run.latched
    publishers = {
        one: found for one in wanted if (found := _publisher(node, one, run.topics[one], one in latched)) is not None
    }
    missing = sorted({run.topics[one] for one in set(wanted) - set(publishers)})
    if missing:
        report(f"not published, since their types are not installed: {', '.join(missing)}")
    return publishers


def _refuse_beside_a_robot(node: Node, run: Recording, publishers: Collection[str]) -> None:
    """Raises SkillStackError where others publish topics of the run, be they wanted or not."""
    taken = sorted(one for one in run.topics if node.count_publishers(one) > (one in publishers))
    if taken:
        raise SkillStackError(
            f"a stack is running that publishes {', '.join(taken[:4])}; replay elsewhere: set ROS_DOMAIN_ID"
        )


def _latched_before(run: Recording, publishers: Collection[str], start: int | None) -> list[tuple[str, bytes]]:
    """Topic and CDR of what a late subscriber had got at a time, ns."""
    latched = sorted(run.latched & set(publishers))
    if not start or not latched:
        return []
    held = LatchedMessages()
    for topic, kind, _, data in run.raw_messages(latched, None, start):
        held.take(LatchedMessage(topic, kind, data))
    return [(one.topic, one.data) for one in held.messages()]


def _publisher(node: Node, topic: str, kind: str, latched: bool) -> Any | None:
    """A publisher of a type by its name; None where it is not installed."""
    package, _, name = kind.split("/")
    durability = DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE
    depth = 1 if latched and topic != STATIC else DEPTH
    qos = QoSProfile(depth=depth, reliability=ReliabilityPolicy.RELIABLE, durability=durability)
    try:
        return node.create_publisher(getattr(import_module(f"{package}.msg"), name), topic, qos)
    except (ImportError, AttributeError, ValueError):
        return None
