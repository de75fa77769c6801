"""The bridge to a Unitree robot over its own ROS topics, for the driver ``unitree_ros``.

Example: ``unitree_bridge --robot go2``, with the vendor's unitree_ros2 workspace sourced.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import time
from collections.abc import Sequence

import rclpy
from rclpy.executors import SingleThreadedExecutor

from skill_stack.core.block_name import block_path, domain_of
from skill_stack.core.channels import RobotChannels
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.process_arguments import process_parser, settings_of
from skill_stack.core.process_identity import ProcessIdentity
from skill_stack.core.process_log import ProcessLog
from skill_stack.core.pulse import Pulse
from skill_stack.core.realtime import be_punctual
from skill_stack.core.resources import Resources
from skill_stack.core.robot import RobotSpec, load_robot
from skill_stack.core.stop_signal import StopSignal
from skill_stack.hardware.unitree.bridge import NOBODYS, AdmittedDriver, Bridge
from skill_stack.hardware.unitree.facts import RATE
from skill_stack.hardware.unitree.settings import place_settings, robot_data
from skill_stack.nodes.ros_compat import ExternalShutdownException, shut_down
from skill_stack.nodes.unitree_ros_link import RosLink

PRIORITY = 55  # under SCHED_FIFO: above the control process, since it stands for the device
MOST_AT_ONCE = 8
"""Callbacks that are worked off before the next turn."""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("unitree_bridge", __doc__)
    parser.add_argument("--driver-settings", default="{}", help="what the deployment says to the driver, JSON")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Carries samples and commands until SIGTERM or SIGINT; then the robot is damped.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log = ProcessLog("bridge", sys.stderr)
    try:
        resources = Resources.from_environment(os.environ)
        robot = load_robot(resources.robot(arguments.robot), resources)
        channels = RobotChannels.open(block_path(arguments.namespace, domain_of(os.environ), os.getuid()), robot)
        other = channels.common.registered("simulator")
        if other.alive and other.pid != os.getpid():
            raise DataError(f"process {other.pid} is this robot already; end it first")
        rclpy.init(args=[])
        _carry(arguments, robot, channels, log)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    except ExternalShutdownException:
        pass
    finally:
        shut_down()
    return 0


def _carry(arguments: argparse.Namespace, robot: RobotSpec, channels: RobotChannels, log: ProcessLog) -> None:
    stop, executor = StopSignal(), SingleThreadedExecutor()  # after ROS, which installs handlers of its own
    node = rclpy.create_node("unitree_bridge", namespace=arguments.namespace or "/")
    executor.add_node(node)
    data, settings = robot_data(robot), settings_of(arguments)
    sport = robot.builtin.service if robot.builtin is not None else None
    link = RosLink(node, executor, data, place_settings(settings, data, robot), sport)
    bridge = Bridge(channels, functools.partial(AdmittedDriver, robot, channels, NOBODYS, settings, link), log)
    channels.common.register("simulator", ProcessIdentity.own())
    for note in be_punctual(PRIORITY):
        log.info(note)
    log.info(f"{robot.name} over ROS")
    deadline, pulse = time.monotonic(), Pulse.from_environment(os.environ)
    try:
        while not stop.asked:
            deadline = max(deadline + 1.0 / RATE, time.monotonic())
            executor.spin_once(timeout_sec=max(deadline - time.monotonic(), 0.0))
            for _ in range(MOST_AT_ONCE):
                executor.spin_once(timeout_sec=0.0)
            bridge.turn(time.monotonic())
            pulse.beat(time.monotonic())
    finally:
        bridge.close()
        channels.common.unregister("simulator")
        node.destroy_node()


if __name__ == "__main__":
    sys.exit(main())
