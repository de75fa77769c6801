"""The bridge to a robot behind ros2_control, for the driver ``ros2_control``.

Example: ``ros2_control_bridge --robot my_arm --driver-settings '{"controller": "forward_position_controller"}'``.
A part of a robot has a bridge of its own (``--part``).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from skill_stack.core.robots.hardware import Hardware
from skill_stack.hardware.ros2_control.driver import Ros2ControlDriver
from skill_stack.hardware.ros2_control.settings import ControlPlace
from skill_stack.nodes.bridges.bridge_process import BridgeKind, Crossing
from skill_stack.nodes.bridges.controller_manager_client import ControllerManagerClient
from skill_stack.nodes.bridges.ros2_control_link import Ros2ControlLink

RATE = 200.0  # Hz; at least twice the fastest commands that most controllers are given


def prepare(crossing: Crossing) -> Callable[[], Hardware]:
    """Joins the controller's topics and its manager's services; raises DataError."""
    settings = ControlPlace(crossing.robot, crossing.settings).settings
    managed, link = settings.managed, Ros2ControlLink(crossing.node, settings)
    manager = ControllerManagerClient(crossing.node, crossing.executor, settings.manager) if managed else None
    robot, told = crossing.robot, crossing.settings
    return functools.partial(Ros2ControlDriver, robot, told, link, sleep=crossing.rest, manager=manager)


KIND = BridgeKind("ros2_control_bridge", __doc__ or "", RATE, prepare)


def main(argv: list[str] | None = None) -> int:
    """See :meth:`skill_stack.nodes.bridges.bridge_process.BridgeKind.main`."""
    return KIND.main(argv)


if __name__ == "__main__":
    sys.exit(main())
