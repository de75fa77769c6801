"""How every node process starts and ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.heartbeat import EVERY, Heartbeat
from skill_stack.nodes.ros_compat import ExternalShutdownException, shut_down
from skill_stack.nodes.stack_node import STEADY


def run_node(make: Callable[[], Node], argv: Sequence[str] | None = None) -> int:
    """Runs one node until a signal or a shutdown ends it.

    Args:
        make: Makes the node; called once ROS is up.
        argv: Command line without the program's name; None takes that of the process.

    Returns:
        The exit code: 0 after a wanted end, 1 when the node could not be made (the reason is on stderr).
    """
    pulse = Heartbeat.from_environment(os.environ)
    rclpy.init(args=None if argv is None else [sys.argv[0], *argv])
    node: Node | None = None
    try:
        node = make()
        if pulse.heard:  # by the executor's own turn: a callback that hangs must show
            node.create_timer(EVERY, lambda: pulse.beat(time.monotonic()), clock=STEADY)
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except SkillStackError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except Exception:  # a shutdown in the middle of a callback surfaces as whatever that callback raises
        if rclpy.ok():
            raise
    finally:
        if node is not None:
            close = getattr(node, "close", None)
            if close is not None:
                close()
        shut_down()
    return 0
