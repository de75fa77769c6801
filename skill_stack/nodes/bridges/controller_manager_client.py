"""ControllerManagerClient: services of a controller manager, for the driver of robots behind ros2_control."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Sequence
from typing import Any

from builtin_interfaces.msg import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.task import Future

from skill_stack.core.errors import DataError
from skill_stack.hardware.ros2_control.controller_manager import ControllerList, ControllerState, SwitchAnswer

LATE = 1.0
"""Time after which an answer to a list is no longer waited for, s."""


class ControllerManagerClient:
    """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""

    def __init__(self, node: Node, executor: SingleThreadedExecutor, manager: str) -> None:
        """Makes clients of its services.

        Args:
            node: The bridge's node.
            executor: What works off the node's callbacks.
            manager: Name of the manager's node, relative to the node's namespace.

        Raises:
            DataError: The messages of controller managers are not installed.
        """
        services = _services()
        self._executor, self._services = executor, services
        self._lists: Any = node.create_client(services.ListControllers, f"{manager}/list_controllers")
        self._switches: Any = node.create_client(services.SwitchController, f"{manager}/switch_controller")
        self._heard: ControllerList | None = None
        self._asked: tuple[Future, float] | None = None
        self._switched: Future | None = None
        self._answer: SwitchAnswer | None = None

    def ask(self) -> None:
        """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""
        now = time.monotonic()
        if not self._lists.service_is_ready() or (self._asked is not None and now - self._asked[1] < LATE):
            return
        if self._asked is not None:
            self._lists.remove_pending_request(self._asked[0])
        future = self._lists.call_async(self._services.ListControllers.Request())
        self._asked = future, now
        future.add_done_callback(self._hear)

    def _hear(self, future: Future) -> None:
        if self._asked is None or future is not self._asked[0]:
            return
        answer, stamp, self._asked = future.result(), self._asked[1], None
        if answer is not None:
            self._heard = ControllerList(stamp, tuple(_state(each) for each in answer.controller))

    def controllers(self) -> ControllerList | None:
        """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""
        return self._heard

    def switch(self, activate: Sequence[str], deactivate: Sequence[str], strict: bool, timeout: float) -> None:
        """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""
        kind = self._services.SwitchController.Request
        request = kind(activate_controllers=list(activate), deactivate_controllers=list(deactivate))
        request.strictness = kind.STRICT if strict else kind.BEST_EFFORT
        request.timeout = Duration(sec=int(timeout), nanosec=int(timeout % 1.0 * 1e9))
        if not self._switches.service_is_ready():
            self._answer = SwitchAnswer(False, f"there is no service {self._switches.srv_name}")
            return
        self._answer, self._switched = None, self._switches.call_async(request)
        self._switched.add_done_callback(self._take)

    def _take(self, future: Future) -> None:
        if future is self._switched and (answer := future.result()) is not None:
            self._answer = SwitchAnswer(bool(answer.ok), str(getattr(answer, "message", "")))

    def answer(self) -> SwitchAnswer | None:
        """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""
        return self._answer

    def wait(self, seconds: float) -> None:
        """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`."""
        self._executor.spin_once(timeout_sec=seconds)


def _services() -> Any:
    try:
        return importlib.import_module("controller_manager_msgs.srv")
    except ImportError as error:
        distro = os.environ.get("ROS_DISTRO") or "<distro>"
        raise DataError(
            f"controllers cannot be checked, since controller_manager_msgs is not there ({error}): install "
            f"ros-{distro}-controller-manager-msgs, or, if the right controller is started by hand and nothing else "
            "moves the joints, say 'manager: none' in driver_settings"
        ) from error


def _state(message: Any) -> ControllerState:
    return ControllerState(
        str(message.name),
        str(message.state),
        str(message.type),
        tuple(message.claimed_interfaces),
        tuple(message.required_command_interfaces),
        tuple(each.name for each in message.chain_connections),
    )
