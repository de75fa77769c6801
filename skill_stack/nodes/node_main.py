"""Common main of every node process."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.heartbeat import EVERY, Heartbeat
from skill_stack.core.processes.realtime import end_promptly
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.processes.worker_thread import FAILURES
from skill_stack.nodes.border import border_of
from skill_stack.nodes.ros_compat import ExternalShutdownException, shut_down
from skill_stack.nodes.stack_node import STEADY
from skill_stack.runtime.bringup.die_with_parent import tether_from


def report_threads(node: Node, told: Counter[str]) -> None:
    """Reports threads whose work failed and began again to the log and ``/diagnostics``.

    Args:
        node: The node of this process.
        told: How many errors of each thread were reported; this function updates it.
    """
    for name, failure in list(FAILURES.items()):
        if failure.count > told[name]:
            told[name] = failure.count
            border_of(node).refuse(f"thread '{name}'", failure.error, failure.trace, "failed and began again")


def run_node(make: Callable[[], Node], argv: Sequence[str] | None = None) -> int:
    """Runs one node until a signal or a shutdown ends it.

    Args:
        make: Makes the node; called once ROS is up.
        argv: Command line without the program's name; None takes that of the process.

    Returns:
        The exit code: 0 after a regular end, 1 when the node could not be made (the reason is on stderr).
    """
    # rclpy's handlers of signals end ROS from a thread of their own, and what they touch the main thread may just free.
    # Here a signal ends the spinning, and the main thread ends ROS.
    stop, pulse = StopSignal(), Heartbeat.from_environment(os.environ)
    tether_from(os.environ)
    rclpy.init(
        args=None if argv is None else [sys.argv[0], *argv],
        signal_handler_options=SignalHandlerOptions.NO,  # type: ignore[attr-defined]  # the stubs lack it
    )
    node: Node | None = None
    try:
        if stop.asked:
            return 0
        node = make()
        _spin(node, stop, pulse)
    except ExternalShutdownException:
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
            node.destroy_node()
        shut_down()
        for number in (signal.SIGINT, signal.SIGTERM):  # a second one must not make a failure of a wanted end
            signal.signal(number, signal.SIG_IGN)
        end_promptly()
    return 0


def _spin(node: Node, stop: StopSignal, pulse: Heartbeat) -> None:
    """Lets a node work until a signal or a shutdown ends it."""
    executor, told, woken = SingleThreadedExecutor(), Counter[str](), node.create_guard_condition(lambda: None)

    def beat() -> None:
        pulse.beat(time.monotonic())
        report_threads(node, told)

    node.create_timer(EVERY, beat, clock=STEADY)  # by the executor's own turn: a callback that hangs must show
    executor.add_node(node)
    with stop.waking(woken.trigger):
        while rclpy.ok() and not stop.asked:
            executor.spin_once()
