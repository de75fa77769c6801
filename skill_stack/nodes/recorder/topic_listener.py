"""TopicListener: every message of every topic of a robot as bytes, taken in turns instead of one by one.

An executor wakes up, looks at every subscription and decodes for each message; at control rate that takes a tenth of a
core and more. Here nobody waits for messages: the middleware keeps them, and each turn takes what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from skill_stack.core.errors import SkillStackError
from skill_stack.nodes.border import subscribe_raw
from skill_stack.nodes.wire.wire_goal import interface_type

IMAGE = "sensor_msgs/msg/Image"
DEPTH = 1000
"""Messages of a topic that may wait for a turn."""
PICTURES = 2
"""Pictures of one."""
GLOBAL = ("/tf", "/tf_static", "/clock", "/diagnostics")
NOT_RECORDED = ("rosout", "parameter_events", "bond")


@dataclass(slots=True)
class Heard:
    """One topic.

    Attributes:
        kind: Its type.
        subscription: What takes its messages.
        latched: Whether its last message is for late subscribers too.
        qos: What its publishers offer, as rosbag2 writes it.
    """

    kind: str
    subscription: Any
    latched: bool
    qos: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One message.

    Attributes:
        topic: Name of its topic.
        heard: The topic.
        data: The message in CDR.
        received: Wall time at which it was received, ns.
        sent: Wall time at which it was published, ns.
    """

    topic: str
    heard: Heard
    data: bytes
    received: int
    sent: int


@dataclass(slots=True)
class TopicListener:
    """Listens to the topics of one namespace.

    Attributes:
        namespace: The namespace, with its slash.
        complain: Told once of every topic that cannot be heard.
        without: Topics that are not wanted.
        topics: What is heard, by name.
    """

    namespace: str
    complain: Callable[[str], None]
    without: frozenset[str] = frozenset()
    topics: dict[str, Heard] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)
    _node: Any = None

    def look(self) -> None:
        """Subscribes to topics that have appeared."""
        if self._node is None:
            # Of its own, and in no executor: an executor would wait for its messages.
            self._node = Node(
                "recorder_topics", namespace=self.namespace, use_global_arguments=False, enable_rosout=False,
                start_parameter_services=False,
            )  # fmt: skip
        for name, kinds in self._node.get_topic_names_and_types():
            if name not in self.topics and name not in self._refused and self._wanted(name):
                self._subscribe(name, kinds)

    def _wanted(self, name: str) -> bool:
        if name in GLOBAL:
            return True
        *folders, last = name.strip("/").split("/")
        hidden = any(part.startswith("_") for part in (*folders, last)) or last in NOT_RECORDED
        own = name.startswith(self.namespace.rstrip("/") + "/")
        return own and not hidden and name not in self.without

    def _subscribe(self, name: str, kinds: list[str]) -> None:
        offered = [one.qos_profile for one in self._node.get_publishers_info_by_topic(name)]
        if not offered:  # only subscribers so far: what it offers is not known
            return
        try:
            kind = interface_type(kinds[0])
        except SkillStackError as error:
            self._refused.add(name)
            self.complain(f"{name} is not recorded: {error}")
            return
        latched = all(one.durability == DurabilityPolicy.TRANSIENT_LOCAL for one in offered)
        reliable = all(one.reliability == ReliabilityPolicy.RELIABLE for one in offered)
        wanted = QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=PICTURES if kinds[0] == IMAGE else DEPTH,
            reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
            durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
        )
        subscription = subscribe_raw(self._node, kind, name, _nobody, wanted)
        self.topics[name] = Heard(kinds[0], subscription, latched, _bag_qos(wanted))

    def take(self) -> list[Taken]:
        """Everything that was received since the last call, topic by topic."""
        found = []
        for name, heard in self.topics.items():
            handle, kind = heard.subscription.handle, heard.subscription.msg_type
            for _ in range(DEPTH):
                with handle:
                    taken = handle.take_message(kind, True)
                if taken is None:
                    break
                data, info = taken
                found.append(Taken(name, heard, data, info["received_timestamp"], info["source_timestamp"]))
        return found

    def close(self) -> None:
        """Leaves the topics."""
        if self._node is not None and rclpy.ok():
            self._node.destroy_node()
        self._node = None
        self.topics = {}


def _nobody(message: bytes) -> None:
    """Takes nothing: no executor calls it."""


def _bag_qos(qos: QoSProfile) -> str:
    """Quality of service as a bag states it, so that ``ros2 bag play`` offers the same."""
    forever = "{sec: 9223372036, nsec: 854775807}"
    return (
        f"- history: {qos.history.value}\n  depth: {qos.depth}\n  reliability: {qos.reliability.value}\n"
        f"  durability: {qos.durability.value}\n  deadline: {forever}\n  lifespan: {forever}\n  liveliness: 1\n"
        f"  liveliness_lease_duration: {forever}\n  avoid_ros_namespace_conventions: false\n"
    )
