"""The bridge to a Unitree robot over its own ROS topics, for the driver ``unitree_ros``.

Example: ``unitree_bridge --robot go2``, with the vendor's unitree_ros2 workspace sourced.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from skill_stack.core.robots.hardware import Hardware
from skill_stack.hardware.bridge import NOBODYS
from skill_stack.hardware.unitree.bridged_driver import AdmittedDriver
from skill_stack.hardware.unitree.facts import RATE
from skill_stack.hardware.unitree.settings import place_settings, robot_data
from skill_stack.nodes.bridges.bridge_process import BridgeKind, Crossing
from skill_stack.nodes.bridges.unitree_ros_link import RosLink


def prepare(crossing: Crossing) -> Callable[[], Hardware]:
    """Joins the robot's topics; raises DataError."""
    robot, settings = crossing.robot, dict(crossing.settings)
    data = robot_data(robot)
    sport = robot.builtin.service if robot.builtin is not None else None
    link = RosLink(crossing.node, crossing.executor, data, place_settings(settings, data, robot), sport)
    return functools.partial(AdmittedDriver, robot, crossing.channels, NOBODYS, settings, link)


KIND = BridgeKind("unitree_bridge", __doc__ or "", RATE, prepare)


def main(argv: list[str] | None = None) -> int:
    """See :meth:`skill_stack.nodes.bridges.bridge_process.BridgeKind.main`."""
    return KIND.main(argv)


if __name__ == "__main__":
    sys.exit(main())
