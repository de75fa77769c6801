"""Lifecycle manager: brings the lifecycle nodes up in order, watches them, and brings a restarted one up again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.node import Node

from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import STEADY

FAST, SLOW = 0.05, 0.5  # s between looks: while something is not active yet, and afterwards
REPEAT = 0.3  # s without an answer after which a question is repeated: a first answer may get lost, see ``asking``
PATIENCE = 2.0  # s without an answer after which a node counts as lost
RETRY = 2.0  # s until a refused transition is tried again

_NEXT = {
    State.PRIMARY_STATE_UNCONFIGURED: (Transition.TRANSITION_CONFIGURE, "configure"),
    State.PRIMARY_STATE_INACTIVE: (Transition.TRANSITION_ACTIVATE, "activate"),
}


@dataclass(slots=True)
class Managed:
    """One managed node.

    Attributes:
        name: Name of the node, relative to the manager's namespace.
        state: Its state as it last said, or what is known instead.
        active: Whether it was active when it last answered.
        asked: Monotonic time of the question that is under way, s; 0 for none.
        heard: Monotonic time of the last answer, s; 0 for none so far.
        retry: Monotonic time before which no transition is asked for, s.
        pending: The answer that is awaited.
        stepping: Whether that is the answer to a transition.
    """

    name: str
    state: str = "not seen yet"
    active: bool = False
    asked: float = 0.0
    heard: float = 0.0
    retry: float = 0.0
    pending: Any = None
    stepping: bool = False


class LifecycleManager(Node):
    """Configures and activates nodes in order; a node that died and was started again is brought up again.

    Starting processes is the bring-up's business; this node needs nothing but the lifecycle services.
    Parameters: ``managed`` (node names in order).
    """

    def __init__(self, **options: Any) -> None:
        """Makes the service clients.

        Args:
            options: Further arguments of :class:`rclpy.node.Node`.
        """
        super().__init__("lifecycle_manager", **options)
        self.declare_parameter("managed", ["controller", "scene", "connector", "planner"])
        self._managed = [Managed(name) for name in self.get_parameter("managed").value]
        names = [managed.name for managed in self._managed]
        self._get: dict[str, Any] = {name: self.create_client(GetState, f"{name}/get_state") for name in names}
        self._change: dict[str, Any] = {name: self.create_client(ChangeState, f"{name}/change_state") for name in names}
        self._diagnostics = self.create_publisher(DiagnosticArray, "diagnostics", STREAM)
        self._complete = False
        self._begin = time.monotonic()
        self._timer = self.create_timer(FAST, self._look, clock=STEADY)
        self.create_timer(1.0, self._report, clock=STEADY)

    def _look(self) -> None:
        """Asks every node for its state; the first that is not active yet holds back those after it."""
        now = time.monotonic()
        for managed in self._managed:
            self._check_patience(managed, now)
            if managed.pending is None and self._get[managed.name].service_is_ready():
                managed.asked = now
                managed.pending = self._get[managed.name].call_async(GetState.Request())
                managed.pending.add_done_callback(partial(self._take_state, managed))
            if not managed.active:
                break
        complete = all(managed.active for managed in self._managed)
        if complete != self._complete:
            self._complete = complete
            self._timer.timer_period_ns = int((SLOW if complete else FAST) * 1e9)
            if complete:
                self.get_logger().info(f"all nodes are active after {now - self._begin:.1f} s")
                print("lifecycle_manager is ready", flush=True)

    def _check_patience(self, managed: Managed, now: float) -> None:
        """Repeats what was not answered; a node that goes on being silent is lost until it answers again."""
        if managed.pending is None or now - managed.asked < REPEAT:
            return
        managed.pending, managed.stepping = None, False
        if managed.active and now - managed.heard > PATIENCE:
            self.get_logger().error(f"{managed.name} does not answer")
            managed.active, managed.state = False, "does not answer"

    def _take_state(self, managed: Managed, done: Any) -> None:
        if done.exception() is not None:
            return
        managed.heard = time.monotonic()
        if managed.stepping:
            return  # a late answer to a question from before the transition
        managed.pending = None
        state = done.result().current_state
        managed.state = state.label
        was, managed.active = managed.active, state.id == State.PRIMARY_STATE_ACTIVE
        if was and not managed.active:
            self.get_logger().warning(f"{managed.name} is {state.label} again: it was restarted or taken down")
        if state.id in _NEXT and managed.heard >= managed.retry:
            self._step(managed, *_NEXT[state.id])

    def _step(self, managed: Managed, transition: int, name: str) -> None:
        managed.asked, managed.stepping = time.monotonic(), True
        request = ChangeState.Request(transition=Transition(id=transition))
        managed.pending = self._change[managed.name].call_async(request)
        managed.pending.add_done_callback(partial(self._take_step, managed, name))

    def _take_step(self, managed: Managed, name: str, done: Any) -> None:
        if done.exception() is not None or managed.pending is not done:
            return
        managed.pending, managed.stepping = None, False
        if not done.result().success:
            managed.retry = time.monotonic() + RETRY
            why = f"its own log says why. Next try in {RETRY:.0f} s"
            self.get_logger().error(f"{managed.name} refused to {name}; {why}")
        else:
            self._look()

    def _report(self) -> None:
        """States of all managed nodes on ``diagnostics``."""
        level = DiagnosticStatus.OK if self._complete else DiagnosticStatus.ERROR
        values = [KeyValue(key=managed.name, value=managed.state) for managed in self._managed]
        lost = [managed.name for managed in self._managed if not managed.active]
        text = f"not active: {', '.join(lost)}" if lost else "all nodes are active"
        status = DiagnosticStatus(level=level, name=f"{self.get_namespace().strip('/')} nodes".strip(), message=text)
        status.values = values
        message = DiagnosticArray(status=[status])
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(LifecycleManager, argv)


if __name__ == "__main__":
    raise SystemExit(main())
