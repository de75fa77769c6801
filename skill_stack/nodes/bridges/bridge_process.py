"""Common main of all bridges: the robot's block, a ROS node, and samples and commands between them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.heartbeat import Heartbeat
from skill_stack.core.processes.limit_arguments import add_limits, limited
from skill_stack.core.processes.process_arguments import add_part, process_parser, settings_of
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.bridge import Bridge
from skill_stack.nodes.ros_compat import ExternalShutdownException, shut_down
from skill_stack.runtime.bringup.process_security import enclave_of

PRIORITY = 55  # under SCHED_FIFO: above the control process, since it stands for the device
MOST_AT_ONCE = 8
"""Most callbacks processed between two turns."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Context for creating a bridge's driver.

    Attributes:
        node: Its node.
        executor: What works off the node's callbacks.
        robot: The robot, or the part of it that the bridge serves.
        channels: Its shared block.
        settings: Settings of the deployment for the driver.
    """

    node: Node
    executor: SingleThreadedExecutor
    robot: RobotSpec
    channels: RobotChannels
    settings: Mapping[str, Any]

    def rest(self, seconds: float) -> None:
        """Waits, and hears what comes meanwhile; for drivers that damp for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self.executor.spin_once(timeout_sec=left)


@dataclass(frozen=True, slots=True)
class BridgeKind:
    """One kind of bridge.

    Attributes:
        name: Name of executable and node.
        about: What it is for, with an example.
        rate: Turns in a second, Hz.
        prepare: Makes what a driver needs; returns a function that makes a driver without a lease.
    """

    name: str
    about: str
    rate: float
    prepare: Callable[[Crossing], Callable[[], Hardware]]

    def main(self, argv: list[str] | None = None) -> int:
        """Transfers samples and commands until SIGTERM or SIGINT; then the robot is damped.

        Args:
            argv: The command line; that of the process when None.

        Returns:
            0 after an orderly end, 1 when it could not begin.
        """
        parser = process_parser(self.name, self.about)
        parser.add_argument("--driver-settings", default="{}", help="what the deployment says to the driver, JSON")
        add_part(parser)
        add_limits(parser)
        arguments = parser.parse_args(argv)
        log = ProcessLog("bridge", sys.stderr)
        try:
            resources = Resources.from_environment(os.environ)
            whole = load_robot(resources.robot(arguments.robot), resources)
            block = block_path(arguments.namespace, domain_of(os.environ), os.getuid())
            channels = RobotChannels.open(block, whole, arguments.part)
            robot = limited(whole.part(arguments.part), arguments)
            other = channels.words.registered("simulator")
            if other.alive and other.pid != os.getpid():
                raise DataError(f"process {other.pid} is this robot already; end it first")
            process = f"bridge_{arguments.part}" if arguments.part else "bridge"
            enclave = enclave_of((arguments.namespace or "").strip("/"), process)
            rclpy.init(
                args=["--ros-args", "--enclave", enclave],
                signal_handler_options=SignalHandlerOptions.NO,  # type: ignore[attr-defined]  # the stubs lack it
            )
            self._carry(arguments, robot, channels, log)
        except SkillStackError as error:
            log.error(str(error))
            return 1
        except ExternalShutdownException:
            pass
        finally:
            shut_down()
        return 0

    def _carry(self, arguments: argparse.Namespace, robot: RobotSpec, channels: RobotChannels, log: ProcessLog) -> None:
        stop, executor = StopSignal(), SingleThreadedExecutor()
        part = arguments.part and f"_{arguments.part}"
        node = rclpy.create_node(f"{self.name}{part}", namespace=arguments.namespace or "/")
        executor.add_node(node)
        crossing = Crossing(node, executor, robot, channels, settings_of(arguments))
        bridge = Bridge(robot, channels, self.prepare(crossing), log)
        channels.words.register("simulator", ProcessIdentity.own())
        for note in enter_real_time(PRIORITY):
            log.info(note)
        log.info(f"{arguments.robot}{arguments.part and f'.{arguments.part}'} over ROS")
        deadline, pulse = time.monotonic(), Heartbeat.from_environment(os.environ)
        try:
            while not stop.asked:
                deadline = max(deadline + 1.0 / self.rate, time.monotonic())
                executor.spin_once(timeout_sec=max(deadline - time.monotonic(), 0.0))
                for _ in range(MOST_AT_ONCE):
                    executor.spin_once(timeout_sec=0.0)
                bridge.turn(time.monotonic())
                pulse.beat(time.monotonic())
        finally:
            bridge.close()
            channels.words.unregister("simulator")
            node.destroy_node()
