"""TaskClient: client of a running stack over ROS, for the command line, the prompt and tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import rclpy
from lifecycle_msgs.srv import GetState
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future
from std_srvs.srv import Trigger

from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import StepOutcome
from skill_stack.nodes.clients.service_retry import ServiceRetry
from skill_stack.nodes.wire.wire import outcome_of
from skill_stack_interfaces.action import DoTask
from skill_stack_interfaces.srv import PlanText

SILENCE = 5.0  # s without a sign of life from the planner after which a task counts as lost
FIND = 5.0  # s in which a server must be found
PLAN = 30.0  # s in which there must be a plan: the longest that models may be given, and some more
BEHIND = 1.0  # s for which events may come behind the result
SLICE = 0.02  # s of one look at the network


class NotReachable(SkillStackError):
    """A node of the stack does not answer; the message names it and gives a remedy."""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How a task ended.

    Attributes:
        outcome: ``succeeded``, ``failed``, ``interrupted``, ``question``, ``refusal`` or ``statement``.
        reason: Why, in words.
        steps: What was done, in order.
        plan: The plan that was followed, as plain data.
        seconds: Duration by the clock on the wall, s.
        simulated_seconds: Duration in task time, s.
    """

    outcome: str
    reason: str
    steps: tuple[StepOutcome, ...] = ()
    plan: Mapping[str, Any] | None = None
    seconds: float = 0.0
    simulated_seconds: float = 0.0


Event = Callable[[str, str], None]
"""Takes the kind of an event (``plan``, ``step_started``, …) and its text."""


class TaskClient:
    """A client with its own node and context; use it as a context manager. Not thread-safe.

    The end of a planner process is detected within five seconds: a running task sends a heartbeat at least twice a
    second, but on a busy machine it may be late by more than two seconds.
    """

    def __init__(
        self, namespace: str = "", while_waiting: Callable[[], None] = lambda: None, silence: float = SILENCE
    ) -> None:
        """Joins the network.

        Args:
            namespace: ROS namespace of the robot.
            while_waiting: Called again and again while this object waits; may raise to end the waiting.
            silence: Time without a sign of life from the planner after which a task counts as lost, s.
        """
        self._while_waiting, self._silence = while_waiting, silence
        self._context = Context()
        # Neither the words on our own command line nor a log file are of use to ROS here.
        quiet = ["--ros-args", "--disable-external-lib-logs"]
        rclpy.init(args=quiet, context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        place = "/" + namespace.strip("/")
        self._node = Node("task_client", namespace=place, context=self._context, start_parameter_services=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._tasks: Any = ActionClient(self._node, DoTask, "do_task")
        # Made after the action client, so its answer means that the planner knows the way back to that one too.
        states: Any = self._node.create_client(GetState, "planner/get_state")
        self._greeting = ServiceRetry(states, GetState.Request())
        self._goal: Any = None

    def __enter__(self) -> TaskClient:
        """Gives the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the network."""
        self._tasks.destroy()
        self._node.destroy_node()
        self._executor.shutdown()
        self._context.try_shutdown()

    @property
    def node(self) -> Node:
        """The node, for graph queries and further subscriptions."""
        return self._node

    def spin(self, done: Callable[[], bool], seconds: float) -> bool:
        """Processes callbacks until a condition holds or time is over; whether it holds."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            self._executor.spin_once(timeout_sec=SLICE)
            self._while_waiting()
        return True

    def do(self, text: str, on_event: Event = lambda kind, text: None, source: str = "cli") -> TaskResult:
        """Gives an instruction, and waits for its outcome.

        Args:
            text: The instruction.
            on_event: Takes what happens meanwhile.
            source: Where the words came from.

        Raises:
            NotReachable: No planner answers, or it died on the way.
        """
        if not (self.spin(self._greeting.look, FIND) and self.spin(self._tasks.server_is_ready, FIND)):
            raise NotReachable("no planner answers here; is a stack up? Start one with: skill-stack up go2_sim")
        begin = time.monotonic()
        heard, ended = [begin], list[str]()

        def take(message: Any) -> None:
            heard[0] = time.monotonic()
            if message.feedback.event == "step_ended":
                ended.append(message.feedback.text)
            if message.feedback.event != "alive":
                on_event(message.feedback.event, message.feedback.text)

        goal = self._wait(
            self._tasks.send_goal_async(DoTask.Goal(text=text, source=source), feedback_callback=take), heard
        )
        if not goal.accepted:
            raise NotReachable("the planner refused the task: it is not active yet")
        self._goal = goal
        answer = self._wait(goal.get_result_async(), heard).result
        self._goal = None
        self.spin(lambda: len(ended) >= len(answer.steps), BEHIND)  # DDS keeps no order between feedback and result
        return TaskResult(
            outcome=answer.outcome,
            reason=answer.reason,
            steps=tuple(outcome_of(step) for step in answer.steps),
            plan=json.loads(answer.plan) if answer.plan else None,
            seconds=time.monotonic() - begin,
            simulated_seconds=answer.simulated_seconds,
        )

    def cancel(self) -> bool:
        """Requests the end of the running task, and returns whether there is one; for ``on_event`` and
        ``while_waiting``.
        """
        if self._goal is not None:
            self._goal.cancel_goal_async()
        return self._goal is not None

    def _wait(self, future: Future, heard: list[float]) -> Any:
        heard[0] = time.monotonic()
        while not self.spin(future.done, 0.1):
            if time.monotonic() - heard[0] > self._silence:
                raise NotReachable(f"the planner died or stopped answering: silent for {self._silence:.0f} s")
        return future.result()

    def plan(self, text: str) -> dict[str, Any]:
        """The plan of an instruction, as ``skill-stack plan --json`` prints it; nothing moves.

        Raises:
            NotReachable: No planner answers.
        """
        client: Any = self._node.create_client(PlanText, "plan_text")
        found: dict[str, Any] = json.loads(self._call(client, PlanText.Request(text=text), "planner", PLAN).json)
        return found

    def trigger(self, name: str) -> str:
        """Calls ``stop``, ``estop`` or ``reset`` of the controller front end; returns its answer in words.

        Raises:
            NotReachable: The front end does not answer, or reports a failure.
        """
        answer = self._call(self._node.create_client(Trigger, name), Trigger.Request(), "controller")
        if not answer.success:
            raise NotReachable(answer.message)
        return str(answer.message)

    def _call(self, client: Any, request: Any, who: str, seconds: float = FIND) -> Any:
        asking = ServiceRetry(client, request)
        try:
            if not (self.spin(client.service_is_ready, FIND) and self.spin(asking.look, seconds)):
                raise NotReachable(f"{who} does not answer; is the stack up? See: skill-stack status")
            return asking.answer
        finally:
            self._node.destroy_client(client)
