"""Watch client: a running stack on this terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread
from skill_stack.monitor.status_board import PageEvent, StatusBoard, StatusSnapshot
from skill_stack.monitor.watch_app import PERIOD, WatchApp
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.task_sender import TaskSender
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.views.markers import plan_view_of
from skill_stack.nodes.views.robot_feed import RobotFeed
from skill_stack.nodes.wire.wire import outcome_of
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage

_SHOWN_ELSEWHERE = ("alive", "plan", "step_started", "step_ended")


class Watching:
    """A node that keeps a board, on a thread of its own; a context manager."""

    def __init__(self, namespace: str, parts: Sequence[str]) -> None:
        """Joins the stack.

        Args:
            namespace: ROS namespace of the stack.
            parts: Names of the robot's parts, the main one first.
        """
        self._context = Context()
        rclpy.init(context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        place = "/" + namespace.strip("/")
        self._node = Node("watch", namespace=place, context=self._context, start_parameter_services=False)
        self._board = StatusBoard()
        self._feed, self._stops = RobotFeed(self._node, self._board, parts), StopLine(self._node)
        self._sender = TaskSender(self._node, "watch", self._board.note_event, _SHOWN_ELSEWHERE)
        subscribe(self._node, PlanMessage, "plan", plan_view_of, self._board.note_plan, LATCHED)
        subscribe(self._node, OutcomeMessage, "step_outcome", outcome_of, self._board.note_outcome, STREAM)
        self._node.create_timer(PERIOD, self._feed.read)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._thread = WorkerThread("watch", self._executor.spin, wanted=self._context.ok, again=AGAIN)

    def __enter__(self) -> Watching:
        """Begins to listen."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Leaves the stack."""
        self._executor.shutdown()
        self._thread.join(2.0)
        self._node.destroy_node()
        self._context.try_shutdown()

    def snapshot(self) -> StatusSnapshot:
        """What is known now."""
        return self._board.snapshot(time.monotonic())

    @property
    def callbacks(self) -> OperatorCallbacks:
        """What a person can request."""
        return OperatorCallbacks(
            self._instruct, lambda: self._ask("stop"), lambda: self._ask("estop"), lambda: self._ask("reset")
        )

    def _instruct(self, words: str) -> None:
        self._board.note_event(PageEvent(f"“{words}”", "said"))
        self._sender.send(words)

    def _ask(self, kind: Kind) -> bool:
        try:
            self._stops.ask(kind)
        except SkillStackError as error:
            self._board.note_event(PageEvent(str(error), "bad"))
            return False
        return True


def watch(namespace: str, parts: Sequence[str], name: str) -> int:
    """Shows a running stack until the person leaves.

    Args:
        namespace: ROS namespace of the stack.
        parts: Names of the robot's parts, the main one first.
        name: Of the robot, for the heading.

    Returns:
        Exit code 0.
    """
    with Watching(namespace, parts) as watching:
        WatchApp(watching.snapshot, watching.callbacks, name).run()
    return 0
