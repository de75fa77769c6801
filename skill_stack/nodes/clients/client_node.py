"""A node of a command line, which works with a running stack until a person leaves."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions


@contextlib.contextmanager
def client_node(name: str, namespace: str, rosout: bool = True) -> Iterator[tuple[Node, SingleThreadedExecutor]]:
    """A node in a context of its own, and its executor; both end with the block.

    ROS handles no signals, so that Ctrl-C stays a key or an exception of Python.

    Args:
        name: Name of the node.
        namespace: ROS namespace of the stack.
        rosout: Whether its log goes to ``/rosout``.
    """
    context = Context()
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    place = "/" + namespace.strip("/")
    node = Node(name, namespace=place, context=context, start_parameter_services=False, enable_rosout=rosout)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    try:
        yield node, executor
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()


def spin_until_left(executor: SingleThreadedExecutor, going_on: Callable[[], bool] = lambda: True) -> None:
    """Spins until Ctrl-C, the end of ROS, or until told otherwise.

    Args:
        executor: The executor.
        going_on: Called often; False ends it.
    """
    # Ctrl-C is Python's own, also where the process was started in the background with the signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        while executor.context.ok() and going_on():
            executor.spin_once(timeout_sec=0.1)
