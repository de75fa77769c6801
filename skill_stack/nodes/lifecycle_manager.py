"""Lifecycle manager: brings the lifecycle nodes up in order, watches them, and brings a restarted one up again.

What a person takes down stays down until a person activates it, or its process begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import State, Transition, TransitionEvent
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.node import Node

from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.lifecycle.parameters import NodeParameters, parameters_of
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import STEADY
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_array, diagnostic_status

FAST, SLOW = 0.05, 0.5  # s between looks: while something is not active yet, and afterwards
REPEAT = 0.3  # s without an answer after which a question is repeated: a first answer may get lost, see ``asking``
PATIENCE = 2.0  # s without an answer after which a node counts as lost
RETRY = 2.0  # s until a refused transition is tried again
SETTLE = 0.5  # s for the news of who took a node down, which may come after the answer that it is not active

_NEXT = {
    State.PRIMARY_STATE_UNCONFIGURED: (Transition.TRANSITION_CONFIGURE, "configure"),
    State.PRIMARY_STATE_INACTIVE: (Transition.TRANSITION_ACTIVATE, "activate"),
}
_TAKEN_DOWN = (
    State.TRANSITION_STATE_DEACTIVATING, State.TRANSITION_STATE_CLEANINGUP, State.TRANSITION_STATE_SHUTTINGDOWN,
)  # fmt: skip
"""Transitions that the manager never requests: a person or another program did."""


@dataclass(slots=True)
class Managed:
    """One managed node.

    Attributes:
        name: Name of the node, relative to the manager's namespace.
        state: Its state as it last said, or what is known instead.
        active: Whether it was active when it last answered.
        asked: Monotonic time of the pending question, s; 0 for none.
        heard: Monotonic time of the last answer, s; 0 for none so far.
        retry: Monotonic time before which no transition is requested, s.
        pending: The answer that is awaited.
        stepping: Whether that is the answer to a transition.
        left: State in which someone else left it; None while it is the manager's to bring up.
        held: Whether it is in that state still; a process that begins anew is in another one.
    """

    name: str
    state: str = "not seen yet"
    active: bool = False
    asked: float = 0.0
    heard: float = 0.0
    retry: float = 0.0
    pending: Any = None
    stepping: bool = False
    left: int | None = None
    held: bool = False


class LifecycleManager(Node):
    """Configures and activates nodes in order, restarted ones too.

    Starting processes is the bring-up's business; this node needs nothing but the lifecycle services.
    Parameters: ``managed`` (node names in order).
    """

    def __init__(self, **options: Any) -> None:
        """Makes the service clients.

        Args:
            options: Further arguments of :class:`rclpy.node.Node`.
        """
        super().__init__("lifecycle_manager", **options)
        NodeParameters(self, parameters_of("lifecycle_manager"))
        self._managed = [Managed(name) for name in self.get_parameter("managed").value]
        names = [managed.name for managed in self._managed]
        self._get: dict[str, Any] = {name: self.create_client(GetState, f"{name}/get_state") for name in names}
        self._change: dict[str, Any] = {name: self.create_client(ChangeState, f"{name}/change_state") for name in names}
        for managed in self._managed:
            events = f"{managed.name}/transition_event"
            subscribe(self, TransitionEvent, events, as_it_is, partial(self._take_event, managed), STREAM)
        self._diagnostics = self.create_publisher(DiagnosticArray, DIAGNOSTICS, STREAM)
        self._complete = False
        self._begin = time.monotonic()
        self._timer = self.create_timer(FAST, self._look, clock=STEADY)
        self.create_timer(1.0, self._report, clock=STEADY)

    def _look(self) -> None:
        """Queries the state of every node; nodes after the first inactive one wait for it."""
        now = time.monotonic()
        for managed in self._managed:
            self._check_patience(managed, now)
            if managed.pending is None and self._get[managed.name].service_is_ready():
                managed.asked = now
                managed.pending = self._get[managed.name].call_async(GetState.Request())
                managed.pending.add_done_callback(partial(self._take_state, managed))
            if not (managed.active or managed.held):
                break
        settled = all(one.active or one.held for one in self._managed)
        self._timer.timer_period_ns = int((SLOW if settled else FAST) * 1e9)
        complete = all(managed.active for managed in self._managed)
        if complete != self._complete:
            self._complete = complete
            if complete:
                self.get_logger().info(f"all nodes are active after {now - self._begin:.1f} s")
                print("lifecycle_manager is ready", flush=True)

    def _check_patience(self, managed: Managed, now: float) -> None:
        """Repeats unanswered calls; a node that stays silent counts as lost until it answers again."""
        if managed.pending is None or now - managed.asked < REPEAT:
            return
        managed.pending, managed.stepping = None, False
        if managed.active and now - managed.heard > PATIENCE:
            self.get_logger().error(f"{managed.name} does not answer")
            managed.active, managed.state = False, "does not answer"

    def _take_event(self, managed: Managed, event: TransitionEvent) -> None:
        """Notes who moved a node: whatever takes it down is not the manager, and brings it up again."""
        before, after = event.start_state.id, event.goal_state.id
        if after == State.PRIMARY_STATE_ACTIVE:
            managed.left = None
        elif before in _TAKEN_DOWN or (managed.left is not None and after in _NEXT):
            managed.left = after

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
            managed.retry = max(managed.retry, managed.heard + SETTLE)
            self.get_logger().warning(f"{managed.name} is {state.label} again: it was restarted or taken down")
        held, managed.held = managed.held, managed.left == state.id
        if managed.held and not held:
            self.get_logger().warning(f"{managed.name} was taken down and is {state.label}; it is left so")
        if state.id in _NEXT and managed.heard >= managed.retry and not managed.held:
            if managed.left is not None:
                self.get_logger().warning(f"{managed.name} is {state.label} again: its process began anew")
                managed.left = None
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
            managed.active = name == "activate"  # who finds it otherwise next waits for the news of why
            self._look()

    def _report(self) -> None:
        """States of all managed nodes on ``/diagnostics``."""
        values = {managed.name: managed.state for managed in self._managed}
        held = [managed.name for managed in self._managed if managed.held]
        lost = [managed.name for managed in self._managed if not (managed.active or managed.held)]
        level = DiagnosticStatus.ERROR if lost else DiagnosticStatus.WARN if held else DiagnosticStatus.OK
        said = (("not active", lost), ("taken down by hand", held))
        text = "; ".join(f"{what}: {', '.join(names)}" for what, names in said if names) or "all nodes are active"
        status = diagnostic_status(self, level, "nodes", text, values)
        self._diagnostics.publish(diagnostic_array(self, [status]))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(LifecycleManager, argv)


if __name__ == "__main__":
    raise SystemExit(main())
