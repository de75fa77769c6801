"""Watch client: a running stack on this terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rclpy.node import Node

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread
from skill_stack.monitor.status_board import PageEvent, StatusBoard, StatusSnapshot
from skill_stack.monitor.watch_app import PERIOD, WatchApp
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.client_node import client_node
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
    """Keeps a board, and passes on what a person requests."""

    def __init__(self, node: Node, parts: Sequence[str]) -> None:
        """Subscribes.

        Args:
            node: The node to work with, in the namespace of the stack.
            parts: Names of the robot's parts, the main one first.
        """
        self._board = StatusBoard()
        self._feed, self._stops = RobotFeed(node, self._board, parts), StopLine(node)
        self._sender = TaskSender(node, "watch", self._board.note_event, _SHOWN_ELSEWHERE)
        subscribe(node, PlanMessage, "plan", plan_view_of, self._board.note_plan, LATCHED)
        subscribe(node, OutcomeMessage, "step_outcome", outcome_of, self._board.note_outcome, STREAM)
        node.create_timer(PERIOD, self._feed.read)

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
    with client_node("watch", namespace) as (node, executor):
        watching = Watching(node, parts)
        thread = WorkerThread("watch", executor.spin, wanted=executor.context.ok, again=AGAIN)
        thread.start()
        try:
            WatchApp(watching.snapshot, watching.callbacks, name).run()
        finally:
            executor.shutdown()
            thread.join(2.0)
    return 0
