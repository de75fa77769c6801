"""The border of a node: validates every message and request from outside and drops invalid ones.

Any sender on the network may send anything: invalid bytes, non-finite numbers, overlong texts. None of it may end a
process that a robot depends on. Dropped messages are counted for each topic, with the last reason, on ``/diagnostics``
and, at a limited rate, in the log.
"""

from __future__ import annotations

import inspect
import time
import traceback
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.action import GoalResponse
from rclpy.clock import Clock, ClockType
from rclpy.serialization import deserialize_message

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.nodes.ros_compat import MESSAGE_INFO, STREAM
from skill_stack.nodes.wire.message_sanity import check_message
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_array, diagnostic_status

T = TypeVar("T")

SAY_EVERY = 2.0
"""Time between two lines in the log about one topic, s."""
REPORT_EVERY = 1.0
"""Time between two reports on ``/diagnostics`` once something was dropped, s."""
SHOWN = 200  # characters of a reason
HEADER = 4  # bytes before the content of a message; the last two bits say how many bytes of padding end it


@dataclass(slots=True)
class Refused:
    """Messages dropped of one topic, service or action.

    Attributes:
        count: How many.
        why: Why the last one was.
        said: When the log said so last, monotonic, s.
    """

    count: int = 0
    why: str = ""
    said: float = float("-inf")


class Border:
    """Validation of one node's inputs."""

    def __init__(self, node: Any) -> None:
        """Starts empty; advertises ``/diagnostics`` with the first dropped message."""
        self._node = weakref.proxy(node)
        self.refused: dict[str, Refused] = {}
        self._publisher: Any = None
        self._timer: Any = None

    def read(self, topic: str, parse: Callable[[], T]) -> T | None:
        """The decoded message, or None for an invalid one.

        Args:
            topic: Where it came.
            parse: Reads it; whatever it raises is the sender's fault.
        """
        try:
            return parse()
        except Exception as error:  # noqa: BLE001 (senders provoke anything, and none of it may end the process)
            self.refuse(topic, error)
            return None

    def hand_on(self, topic: str, work: Callable[[], T]) -> T | None:
        """Processes a decoded message.

        If a readable message makes a callback fail, this node has a fault; it is reported with its place in the code,
        and does not end the node either.

        Args:
            topic: Where it came.
            work: Processes it.
        """
        try:
            return work()
        except SkillStackError as error:
            self.refuse(topic, error)
        except Exception as error:
            if not rclpy.ok():
                raise  # the end of ROS surfaces in callbacks as anything
            self.refuse(topic, error, traceback.format_exc())
        return None

    def refuse(self, topic: str, error: Exception, trace: str = "", what: str = "dropped") -> None:
        """Counts and reports a dropped message.

        Args:
            topic: Where it came.
            error: What is wrong with it.
            trace: Where in the code that showed, if it is this node's own fault.
            what: What became of it, for the log.
        """
        name = "" if isinstance(error, SkillStackError) else f"{type(error).__name__}: "
        entry, now = self.refused.setdefault(topic, Refused()), time.monotonic()
        entry.count, entry.why = entry.count + 1, f"{name}{error}"[:SHOWN]
        if now - entry.said >= SAY_EVERY:
            entry.said = now
            text = f"{topic}: {what}, {entry.count} so far: {entry.why}"
            self._node.get_logger().error(f"{text}\n{trace}") if trace else self._node.get_logger().warning(text)
        if self._publisher is None and hasattr(self._node, "create_timer"):
            self._publisher = self._node.create_publisher(DiagnosticArray, DIAGNOSTICS, STREAM)
            steady = Clock(clock_type=ClockType.STEADY_TIME)
            self._timer = self._node.create_timer(REPORT_EVERY, self._report, clock=steady)

    def close(self) -> None:
        """Leaves ``/diagnostics``."""
        if self._publisher is not None:
            self._node.destroy_timer(self._timer)
            self._node.destroy_publisher(self._publisher)
            self._publisher = None

    def _report(self) -> None:
        """Reports on ``/diagnostics`` what was dropped since the start."""
        node = self._node
        text = f"{sum(entry.count for entry in self.refused.values())} messages dropped or threads failed"
        values = {topic: f"{entry.count}, the last one: {entry.why}" for topic, entry in self.refused.items()}
        status = diagnostic_status(node, DiagnosticStatus.WARN, f"{node.get_name()} border", text, values)
        self._publisher.publish(diagnostic_array(node, [status]))


_BORDERS: weakref.WeakKeyDictionary[Any, Border] = weakref.WeakKeyDictionary()


def border_of(node: Any) -> Border:
    """The border of a node."""
    if node not in _BORDERS:
        _BORDERS[node] = Border(node)
    return _BORDERS[node]


def forget_border(node: Any) -> None:
    """Ends the reports of a node on what it dropped; it counts anew when it drops something again."""
    border = _BORDERS.pop(node, None)
    if border is not None:
        border.close()


def message_of(raw: bytes, kind: Any, free: tuple[str, ...] = ()) -> Any:
    """A message from its bytes.

    Args:
        raw: As they came.
        kind: Its type.
        free: Fields whose numbers need not be finite.

    Raises:
        DataError: They are no message of that type, or one with numbers or texts that make no sense.
    """
    # The middleware takes the padding that the header names off the end, and reads past it where there is less.
    if len(raw) < HEADER or len(raw) - HEADER < raw[HEADER - 1] & 3:
        raise DataError(f"{len(raw)} bytes that are no {kind.__name__}")
    try:
        message = deserialize_message(raw, kind)
    except Exception as error:  # the middleware's own, which it has no common type for
        raise DataError(f"{len(raw)} bytes that are no {kind.__name__}") from error
    check_message(message, free)
    return message


def subscribe(
    node: Any,
    kind: Any,
    topic: str,
    parse: Callable[..., T],
    handle: Callable[[T], object],
    qos: Any,
    free: tuple[str, ...] = (),
    informed: bool = False,
) -> Any:
    """Subscribes to a topic; the only way for nodes of the stack.

    Args:
        node: The node to subscribe with.
        kind: Type of its messages.
        topic: Its name.
        parse: Reads a message whose numbers and texts are sound; raises :class:`DataError` for what makes no sense.
        handle: Takes what was read.
        qos: As in rclpy.
        free: Fields whose numbers need not be finite.
        informed: Whether ``parse`` also gets the message info of ROS; it is empty under Humble.

    Returns:
        The subscription, for ``destroy_subscription``.
    """
    border = border_of(node)

    def take_in(raw: bytes, *about: Any) -> None:
        value = border.read(topic, lambda: (parse(message_of(raw, kind, free), *about),))
        if value is not None:
            border.hand_on(topic, lambda: handle(value[0]))

    def take(raw: bytes) -> None:
        take_in(raw, *([{}] if informed else []))

    def take_informed(raw: bytes, info: Any) -> None:
        take_in(raw, info)

    callback = take_informed if informed and MESSAGE_INFO else take
    # As bytes: what the middleware cannot read would raise in the executor, where nobody can answer for it.
    return node.create_subscription(kind, topic, callback, qos, raw=True)


def subscribe_raw(node: Any, kind: Any, topic: str, handle: Callable[[bytes], object], qos: Any) -> Any:
    """Subscribes without decoding: the raw bytes, to be decoded later with :func:`message_of`."""
    border = border_of(node)
    return node.create_subscription(kind, topic, lambda raw: border.hand_on(topic, lambda: handle(raw)), qos, raw=True)


def as_it_is(message: T) -> T:
    """Accepts every valid message unchanged."""
    return message


def serve(
    node: Any,
    kind: Any,
    name: str,
    answer: Callable[[Any, Any], Any],
    refused: Callable[[Any, str], object] = lambda response, why: None,
    **options: Any,
) -> Any:
    """Offers a service; the only way for nodes of the stack.

    Args:
        node: The node to offer it with.
        kind: Its type.
        name: Its name.
        answer: Takes a sound request and a response to fill in, and returns the response; may be a coroutine.
        refused: Fills in the response to any other request, with the reason.
        options: As for rclpy's ``create_service``.
    """
    border = border_of(node)

    async def take(request: Any, response: Any) -> Any:
        try:
            check_message(request)
            found = answer(request, response)
            return await found if inspect.isawaitable(found) else found
        except Exception as error:
            if not rclpy.ok():
                raise
            border.refuse(name, error, "" if isinstance(error, SkillStackError) else traceback.format_exc())
            refused(response, str(error))
            return response

    return node.create_service(kind, name, take, **options)


def sound(node: Any, name: str, parse: Callable[[Any], object] = as_it_is) -> Callable[[Any], GoalResponse]:
    """``goal_callback`` of an action server: refuses goals with invalid numbers or texts.

    Args:
        node: Its node.
        name: Name of the action.
        parse: Raises DataError for other goals that are to be refused.
    """
    border = border_of(node)

    def read(goal: Any) -> bool:
        check_message(goal)
        parse(goal)
        return True

    def judge(goal: Any) -> GoalResponse:
        return GoalResponse.ACCEPT if border.read(name, lambda: read(goal)) else GoalResponse.REJECT

    return judge
