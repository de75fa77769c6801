"""RosLink: a Unitree robot over its own ROS topics (``unitree_go``, ``unitree_hg``, ``unitree_api``).

State and command stay bytes in transit: ROS carries the same bytes as DDS.
"""

from __future__ import annotations

import importlib
import json
import time
from collections import deque
from typing import Any

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from skill_stack.core.errors import DataError
from skill_stack.hardware.unitree import topics
from skill_stack.hardware.unitree.battery import Battery
from skill_stack.hardware.unitree.controller_release import SERVICE
from skill_stack.hardware.unitree.settings import UnitreeRobot, UnitreeSettings
from skill_stack.hardware.unitree.sport.rpc import NoAnswer, RpcAnswer
from skill_stack.nodes.border import as_it_is, subscribe, subscribe_raw
from skill_stack.nodes.ros_compat import ANY_SENDER, NEWEST, STREAM

ANSWERS = 16
"""Most answers that are kept until they are read."""
_PREFIX = "rt"


def ros_topic(topic: str) -> str:
    """The ROS name of a DDS topic."""
    return topic.removeprefix(_PREFIX)


def messages(package: str, *names: str) -> list[Any]:
    """Message classes of one of the vendor's packages.

    Raises:
        DataError: They are not installed; the message states the remedy.
    """
    try:
        module = importlib.import_module(f"{package}.msg")
        return [getattr(module, name) for name in names]
    except (ImportError, AttributeError) as error:
        raise DataError(
            f"ROS has no messages '{package}' here ({error}): build the vendor's unitree_ros2 workspace and source it, "
            "or use the driver 'unitree', which needs none"
        ) from error


class RosInlet:
    """The newest message of a topic, as bytes."""

    def __init__(self, node: Node, topic: str, message: Any) -> None:
        """Subscribes."""
        self._newest: bytes | None = None
        self._subscription = subscribe_raw(node, message, ros_topic(topic), self._keep, ANY_SENDER)

    def _keep(self, data: bytes) -> None:
        self._newest = data

    def take(self) -> bytes | None:
        """See :class:`skill_stack.hardware.unitree.link.Inlet`."""
        found, self._newest = self._newest, None
        return found


class RosOutlet:
    """Sends packed messages."""

    def __init__(self, node: Node, topic: str, message: Any) -> None:
        """Advertises."""
        self._publisher = node.create_publisher(message, ros_topic(topic), NEWEST)

    def send(self, data: bytes) -> bool:
        """See :class:`skill_stack.hardware.unitree.link.Outlet`."""
        self._publisher.publish(data)
        return True

    @property
    def heard(self) -> bool:
        """See :class:`skill_stack.hardware.unitree.link.Outlet`."""
        return bool(self._publisher.get_subscription_count() > 0)


class RosWatch:
    """Other publishers of the command topic; over ROS it is not visible whether one of them sends.

    Attributes:
        strangers: The others, each in words.
    """

    def __init__(self, node: Node, topic: str) -> None:
        """Starts the watch."""
        self._node, self._topic = node, ros_topic(topic)
        self.strangers: dict[int, str] = {}

    def look(self) -> None:
        """Updates the known publishers."""
        own = (self._node.get_name(), self._node.get_namespace())
        self.strangers = {
            hash(tuple(info.endpoint_gid)): f"node {info.node_namespace.rstrip('/')}/{info.node_name}"
            for info in self._node.get_publishers_info_by_topic(self._topic)
            if (info.node_name, info.node_namespace) != own
        }

    def speaker(self) -> str:
        """Always empty: senders cannot be told apart."""
        return ""


class RosService:
    """One service of the robot over its pair of topics."""

    def __init__(self, node: Node, service: str, executor: SingleThreadedExecutor) -> None:
        """Joins the topics; raises DataError when ``unitree_api`` is missing."""
        self._request, response = messages("unitree_api", "Request", "Response")
        self._service, self._executor = service, executor
        self._answers: deque[RpcAnswer] = deque(maxlen=ANSWERS)
        self._last = 0
        self._publisher = node.create_publisher(self._request, ros_topic(topics.request_topic(service)), STREAM)
        place = ros_topic(topics.response_topic(service))
        self._subscription = subscribe(node, response, place, as_it_is, self._keep, STREAM)

    def _keep(self, response: Any) -> None:
        header = response.header
        self._answers.append(RpcAnswer(header.identity.id, header.identity.api_id, header.status.code, response.data))

    def send(self, api: int, parameter: dict[str, Any] | None = None, reply: bool = True) -> int:
        """See :class:`skill_stack.hardware.unitree.sport.rpc.Service`."""
        self._last = max(time.monotonic_ns(), self._last + 1)
        request = self._request()
        request.header.identity.id, request.header.identity.api_id = self._last, api
        request.header.policy.noreply = not reply
        request.parameter = json.dumps(parameter or {})
        self._publisher.publish(request)
        return self._last

    def answers(self) -> list[RpcAnswer]:
        """See :class:`skill_stack.hardware.unitree.sport.rpc.Service`."""
        found = list(self._answers)
        self._answers.clear()
        return found

    def call(self, api: int, parameter: dict[str, Any] | None = None, timeout: float = 1.0) -> RpcAnswer:
        """See :class:`skill_stack.hardware.unitree.sport.rpc.Service`."""
        request, end = self.send(api, parameter), time.monotonic() + timeout
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.01)
            for answer in self.answers():
                if answer.request == request:
                    return answer
        raise NoAnswer(f"service '{self._service}' did not answer call {api} within {timeout:g} s")


class RosLink:
    """See :class:`skill_stack.hardware.unitree.robot_link.NetworkLink`."""

    def __init__(
        self,
        node: Node,
        executor: SingleThreadedExecutor,
        data: UnitreeRobot,
        settings: UnitreeSettings,
        sport: str | None,
    ) -> None:
        """Subscribes and advertises.

        Args:
            node: The node.
            executor: What spins it.
            data: The robot as its firmware sees it.
            settings: How the deployment drives it; interface and domain are ROS's affair.
            sport: Name of the built-in controller's service.

        Raises:
            DataError: The vendor's messages are missing.
        """
        package = f"unitree_{data.messages}"
        command, state = messages(package, "LowCmd", "LowState")
        topic = topics.ARM_COMMAND if settings.mode == "arms" else topics.LOW_COMMAND
        self.inlet: Any = RosInlet(node, topics.LOW_STATE, state)
        self.outlet: Any = RosOutlet(node, topic, command)
        self.watch: Any = RosWatch(node, topic)
        asks = settings.release != "unasked"
        self.switcher: Any = RosService(node, SERVICE, executor) if asks else None
        self.sport: Any = RosService(node, sport, executor) if sport and asks else None
        self._battery = Battery(data, lambda _: RosInlet(node, topics.BATTERY_STATE, messages(package, "BmsState")[0]))

    def battery(self) -> float:
        """Last reported state of charge, 0 to 1; 1 before the first report."""
        return self._battery.charge()
