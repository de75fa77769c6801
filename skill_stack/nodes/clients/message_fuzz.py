"""Fuzzing of a running stack's messages: none of them may end a process.

Every subscribed topic of a namespace gets valid messages with one invalid part, messages of invalid parts, and bytes.
Services and actions get requests of the same kinds. Valid messages are recorded from the topics, so that most are
nearly right.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message
from rclpy.signals import SignalHandlerOptions
from std_srvs.srv import Trigger

from skill_stack.nodes.border import as_it_is, subscribe, subscribe_raw
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED, STREAM
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import status_name
from skill_stack_interfaces.action import DoSkill, DoTask
from skill_stack_interfaces.srv import GetActive, PlanText

NUMBERS = (math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 0.0, -0.0, -1.0, 1e9, 1.5)
TEXTS = (
    "", " ", "\x01\x02", "\u202e\u0000", "🤖" * 40, "a" * 200_000, "[" * 5000, "{}", "[]", "null", "1e999", "%s%n",
    '{"requests": [], "judge": 3}', '{"x": NaN}', '[{"fact": 3}]', '{"outcome": "looking", "number": "x"}', "[3]",
    '{"answer": "failed", "looks": {}}', '{"walk": 3}', "body", "walk", "../../etc/passwd", "map", "succeeded",
    "walk to the red ball",
)  # fmt: skip
COUNTS = (0, 1, 2, 3, 17)
RATE = 250.0  # messages in a second that a stack on a small machine takes without losing any
SERVICES: dict[str, Any] = {
    "plan_text": PlanText, "get_active": GetActive, "stop": Trigger, "reset": Trigger, "estop": Trigger,
}  # fmt: skip
ACTIONS: dict[str, Any] = {"do_skill": DoSkill, "do_task": DoTask}
SKIPPED = ("parameter_events", "rosout", "diagnostics", "clock", "tf", "tf_static")
"""Topics read by ROS itself, or not by the stack."""
LOOKING = 3.0  # s
EVERY_REQUEST = 25  # messages between two requests


@dataclass(slots=True)
class Fuzzed:
    """Result of the fuzzing.

    Attributes:
        sent: Messages by topic, service or action.
        refused: How many messages each node said on ``/diagnostics`` that it dropped.
    """

    sent: Counter[str] = field(default_factory=Counter)
    refused: dict[str, int] = field(default_factory=dict)


class MessageFuzz:
    """Sends to one namespace."""

    def __init__(self, node: Node, seed: int) -> None:
        """Finds the subscribed topics.

        Args:
            node: A node in the namespace; spun elsewhere.
            seed: Of all chance.
        """
        self._node, self._chance = node, random.Random(seed)
        self.done = Fuzzed()
        self._heard: dict[str, bytes] = {}
        self._kinds: dict[str, Any] = {}
        self._publishers: dict[str, Any] = {}
        for topic, (name, *_) in sorted(node.get_topic_names_and_types()):
            if self._wanted(topic):
                self._join(topic, message_type(name))
        subscribe(node, DiagnosticArray, DIAGNOSTICS, as_it_is, self._take_diagnostics, STREAM)
        self._services: dict[str, Any] = {name: node.create_client(kind, name) for name, kind in SERVICES.items()}
        self._actions: dict[str, Any] = {name: ActionClient(node, kind, name) for name, kind in ACTIONS.items()}

    @property
    def topics(self) -> tuple[str, ...]:
        """The fuzzed topics."""
        return tuple(self._kinds)

    def _wanted(self, topic: str) -> bool:
        own = topic.startswith(self._node.get_namespace().rstrip("/") + "/") and "/_action/" not in topic
        listeners = self._node.get_subscriptions_info_by_topic(topic)
        return own and topic.rpartition("/")[2] not in SKIPPED and bool(listeners)

    def _join(self, topic: str, kind: Any) -> None:
        """Records messages to modify; advertises so that every subscriber matches."""
        self._kinds[topic] = kind
        self._publishers[topic] = self._node.create_publisher(kind, topic, LATCHED)

        def take(raw: bytes) -> None:
            if not self.done.sent:  # what comes later may be its own
                self._heard.setdefault(topic, raw)

        for quality in (LATCHED, ANY_SENDER):
            subscribe_raw(self._node, kind, topic, take, quality)

    def _take_diagnostics(self, message: DiagnosticArray) -> None:
        own = status_name(self._node.get_namespace(), "")
        for status in message.status:
            if status.name.startswith(own) and status.name.endswith(" border"):
                self.done.refused[status.name] = int(status.message.partition(" ")[0])

    def send(self, count: int) -> Iterator[None]:
        """Sends that many messages, one at a time; between two of them the caller lets ROS work."""
        for number in range(count):
            if number % EVERY_REQUEST == EVERY_REQUEST - 1:
                self._request()
            else:
                self._publish(self._chance.choice(self.topics))
            yield

    def _publish(self, topic: str) -> None:
        """One fuzzed message; one that ROS itself refuses to send is replaced."""
        while True:
            try:
                self._publishers[topic].publish(self._made(topic))
                break
            except (RuntimeError, SystemError, OverflowError):
                continue
        self.done.sent[topic] += 1

    def _made(self, topic: str) -> Any:
        """A message, or bytes in its place."""
        kind, way = self._kinds[topic], self._chance.random()
        raw = self._heard.get(topic) or serialize_message(kind())
        if way < 0.3:
            return self._bytes(raw)
        message = deserialize_message(raw, kind) if way < 0.75 else kind()
        self._spoil(message, everything=way > 0.9)
        return message

    def _bytes(self, raw: bytes) -> bytes:
        """Bytes: cut, changed, or random."""
        chance, out = self._chance, bytearray(raw)
        if chance.random() < 0.3:
            return bytes(out[: chance.randrange(len(out) + 1)])
        if chance.random() < 0.2:
            return bytes(out[:4]) + chance.randbytes(chance.choice((0, 1, 30, 3000)))
        for _ in range(chance.choice((1, 3, 30))):
            out[chance.randrange(4, max(len(out), 5)) % len(out)] = chance.randrange(256)
        return bytes(out)

    def _spoil(self, message: Any, everything: bool = False) -> None:
        """Replaces one field, or all, by invalid values."""
        fields = list(message.get_fields_and_field_types().items())
        for name, kind in fields if everything else [self._chance.choice(fields)] if fields else []:
            value = getattr(message, name)
            odd = self._odd(value, kind)
            if odd is not None:
                try:
                    setattr(message, name, odd)
                except (AssertionError, ValueError, TypeError, OverflowError):
                    continue  # the types of ROS keep it from being said

    def _odd(self, value: Any, kind: str) -> Any:
        """An invalid value, or None where it was modified in place."""
        chance = self._chance
        if hasattr(value, "get_fields_and_field_types"):
            self._spoil(value)
            return None
        if kind.startswith("sequence<"):
            return self._odd_list(value, kind[9:].partition(">")[0].partition(",")[0])
        if isinstance(value, bool):
            return not value
        if isinstance(value, float):
            return chance.choice(NUMBERS)
        if isinstance(value, int):
            return chance.choice(_whole_numbers(kind))
        if isinstance(value, str):
            return chance.choice(TEXTS)
        return None

    def _odd_list(self, value: Any, inner: str) -> Any:
        """A list of another length with invalid items."""
        count = self._chance.choice(COUNTS)
        if "/" in inner:
            made = message_type(inner)
            parts = list(value)[:count] + [made() for _ in range(count - len(value))]
            for part in parts:
                self._spoil(part)
            return parts
        if inner.startswith("string"):
            return [self._chance.choice(TEXTS) for _ in range(count)]
        if inner in ("double", "float"):
            return [self._chance.choice(NUMBERS) for _ in range(count)]
        return [self._chance.choice(_whole_numbers(inner)) for _ in range(count)]

    def _request(self) -> None:
        """One fuzzed request to a service or an action."""
        name = self._chance.choice([*SERVICES, *ACTIONS])
        if name in ACTIONS:
            goal = ACTIONS[name].Goal()
            self._spoil(goal, everything=True)
            self._actions[name].send_goal_async(goal)
        else:
            request = SERVICES[name].Request()
            self._spoil(request, everything=True)
            self._services[name].call_async(request)
        self.done.sent[name] += 1


def _whole_numbers(kind: str) -> tuple[int, ...]:
    """The least, the greatest and some others of a type such as ``uint32``."""
    bits = int("".join(filter(str.isdigit, kind)) or 8)
    if kind.startswith("int"):
        return -(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1
    return 0, 1, 2**bits - 1


def message_type(name: str) -> Any:
    """The type of messages of a name such as ``std_msgs/msg/String`` or ``std_msgs/String``."""
    package, *_, kind = name.split("/")
    return getattr(importlib.import_module(f"{package}.msg"), kind)


def fuzz(namespace: str, count: int, seed: int) -> Fuzzed:
    """Fuzzes the nodes of a namespace.

    Args:
        namespace: ROS namespace of a running stack.
        count: How many messages and requests.
        seed: Of all chance.
    """
    context = Context()
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    node = Node("message_fuzz", namespace="/" + namespace.strip("/"), context=context, start_parameter_services=False)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)

    def spin_until(end: float) -> None:
        while (left := end - time.monotonic()) > 0.0:
            executor.spin_once(timeout_sec=left)

    try:
        spin_until(time.monotonic() + LOOKING)  # until it is known who is there
        sender = MessageFuzz(node, seed)
        spin_until(time.monotonic() + LOOKING)  # until something to spoil was heard
        due = time.monotonic()
        for _ in sender.send(count):
            due = max(due + 1.0 / RATE, time.monotonic())
            spin_until(due)
        spin_until(time.monotonic() + LOOKING)  # what the nodes say of it
        return sender.done
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()


def main(argv: Sequence[str] | None = None) -> int:
    """Sends messages and prints the result as JSON."""
    parser = argparse.ArgumentParser(description="Messages of any kind to all nodes of a namespace.")
    parser.add_argument("--namespace", default="")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    done = fuzz(options.namespace, options.count, options.seed)
    print(json.dumps({"sent": done.sent, "refused": done.refused}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
