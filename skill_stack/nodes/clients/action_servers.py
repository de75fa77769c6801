"""ActionServers: clients of action servers outside of the stack, for skills of kind ``action``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient, get_action_server_names_and_types_by_node

from skill_stack.connector.action_port import ACCEPTED, ANSWERS, SUCCEEDS, ActionReport
from skill_stack.core.errors import SkillStackError
from skill_stack.core.skills.action_part import ActionPart
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.nodes.border import border_of
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_goal import field, fill, interface_type, number

ENDS = {GoalStatus.STATUS_ABORTED: "aborted", GoalStatus.STATUS_CANCELED: "cancelled"}
AGAIN = 10.0
"""Time for which a server that stopped answering gets no request, s; after that, discovery has dropped an ended one."""
SHOWN = 400  # characters of what a server says


class ActionServers:
    """Reaches the servers; see :class:`skill_stack.connector.action_port.ActionPort`."""

    def __init__(self, node: StackNode, library: SkillLibrary) -> None:
        """Makes a client for each action of the library.

        Args:
            node: The node that sends the requests.
            library: Skills of the robot.
        """
        self._node = node
        self._clients: dict[tuple[str, str], Any] = {}
        self._lost: dict[str, tuple[float, str]] = {}
        self.renew(library)

    def renew(self, library: SkillLibrary) -> None:
        """Makes clients for actions that are new; servers are found some time after that."""
        for entry in library.entries.values():
            part = entry.spec.action if entry.usable and entry.spec else None
            if part is not None and (part.type, part.name) not in self._clients:
                client: Any = ActionClient(self._node, interface_type(part.type), part.name)
                self._clients[part.type, part.name] = client
                self._node.configured.callback(client.destroy)

    def lack(self, part: ActionPart) -> str:
        """See :class:`skill_stack.connector.action_port.ActionPort`."""
        client = self._clients.get((part.type, part.name))
        if client is not None and client.server_is_ready():
            at, why = self._lost.get(part.name, (-math.inf, ""))
            return f"{why}, a moment ago" if time.monotonic() - at < AGAIN else ""
        there = ", ".join(f"{name} ({kind})" for name, kind in self._there()) or "none"
        return f"there is no action server '{part.name}' of type {part.type}; action servers here: {there}"

    def send(self, part: ActionPart, goal: Mapping[str, Any]) -> ServerCall:
        """See :class:`skill_stack.connector.action_port.ActionPort`."""
        message = fill(interface_type(part.type).Goal(), goal, self._node.frame)
        return ServerCall(self._node, self._clients[part.type, part.name], part, message, self._note_lost)

    def _note_lost(self, part: ActionPart, why: str) -> None:
        self._lost[part.name] = (time.monotonic(), why)

    def _there(self) -> list[tuple[str, str]]:
        """Names and types of all action servers but this node's own."""
        found: set[tuple[str, str]] = set()
        for name, space in self._node.get_node_names_and_namespaces():
            if (name, space) != (self._node.get_name(), self._node.get_namespace()):
                try:
                    actions = get_action_server_names_and_types_by_node(self._node, name, space)
                except Exception:  # noqa: BLE001 (the node has gone meanwhile, which rclpy tells by several errors)
                    continue
                found |= {(action, kind) for action, kinds in actions for kind in kinds}
        return sorted(found)


class ServerCall:
    """One goal at one server; everything happens in the callbacks of the node's executor."""

    def __init__(
        self, node: StackNode, client: Any, part: ActionPart, goal: Any, lost: Callable[[ActionPart, str], None]
    ) -> None:
        """Sends the goal.

        Args:
            node: The node.
            client: Client of the server.
            part: The action.
            goal: The goal.
            lost: Called with the reason why the server counts as ended.
        """
        self._node, self._client, self._part, self._lost = node, client, part, lost
        self._handle: Any = None
        self._wanted = True
        self._heard = time.monotonic()
        self._now = ActionReport("sent")
        sent = client.send_goal_async(goal, feedback_callback=self._take_feedback)
        sent.add_done_callback(lambda done: self._safely(self._take_answer, done))

    def report(self) -> ActionReport:
        """See :class:`skill_stack.connector.action_port.ActionCall`."""
        if self._now.state in ("sent", "working") and (why := self._silent()):
            self._fail(ANSWERS, why)
            self._lost(self._part, why)
        return self._now

    def cancel(self) -> None:
        """See :class:`skill_stack.connector.action_port.ActionCall`."""
        self._wanted = False
        if self._handle is not None and self._now.state == "working":
            asked = self._handle.cancel_goal_async()
            asked.add_done_callback(lambda done: self._safely(self._take_cancelled, done))
        elif self._handle is not None and self._now.violated == ANSWERS:
            self._handle.cancel_goal_async()  # a server that was only slow must not go on

    def _silent(self) -> str:
        """Why the server counts as dead, or an empty string."""
        name, patience, silence = self._part.name, self._part.patience, time.monotonic() - self._heard
        if not self._client.server_is_ready():
            return f"action server '{name}' is gone"
        if self._now.state == "sent" and silence > patience.answer:
            return f"action server '{name}' did not answer the goal within {patience.answer:g} s"
        if self._now.state == "working" and patience.feedback is not None and silence > patience.feedback:
            return f"action server '{name}' sent no feedback for {patience.feedback:g} s"
        return ""

    def _safely(self, take: Any, done: Any) -> None:
        """Passes an answer on; whatever a server sends ends the goal at most."""
        border_of(self._node).hand_on(self._part.name, lambda: take(done.result()))

    def _take_answer(self, handle: Any) -> None:
        self._heard = time.monotonic()
        if not handle.accepted:
            self._fail(ACCEPTED, f"action server '{self._part.name}' rejected the goal")
            return
        self._handle = handle
        if self._now.state == "sent":
            self._now = ActionReport("working")
        handle.get_result_async().add_done_callback(lambda done: self._safely(self._take_result, done))
        if not self._wanted or self._now.state == "failed":
            handle.cancel_goal_async()

    def _take_feedback(self, message: Any) -> None:
        border_of(self._node).hand_on(self._part.name, lambda: self._note(message.feedback))

    def _note(self, feedback: Any) -> None:
        self._heard = time.monotonic()
        if self._now.state == "working":
            found = {name: number(feedback, path) for name, path in self._part.feedback.items()}
            known = {name: value for name, value in found.items() if math.isfinite(value)}
            self._now = ActionReport("working", {**self._now.signals, **known})

    def _take_cancelled(self, answer: Any) -> None:
        if not answer.goals_canceling and self._now.state == "working":
            text = f"action server '{self._part.name}' does not cancel its goal; what it asks for is not followed"
            self._node.get_logger().warning(text)

    def _take_result(self, answer: Any) -> None:
        if self._now.state != "working":
            return
        said, name = self._part.result, self._part.name
        try:
            text = " ".join(str(field(answer.result, said.text)).split())[:SHOWN] if said.text else ""
            code = int(number(answer.result, said.code)) if said.code else None
        except SkillStackError as error:
            self._fail(SUCCEEDS, f"action server '{name}' gave a result that cannot be read: {error}")
            return
        good = code is None or code in said.good
        if answer.status == GoalStatus.STATUS_SUCCEEDED and good:
            self._now = ActionReport("succeeded", self._now.signals, "", text)
            return
        how = ENDS.get(answer.status, "ended")
        meaning = "" if code is None or good else said.meanings.get(code, f"code {code}")
        why = ": ".join(dict.fromkeys(filter(None, (meaning, text)))) or "it gave no reason"
        self._fail(SUCCEEDS, f"action server '{name}' {how} the goal: {why}")

    def _fail(self, violated: str, text: str) -> None:
        self._now = ActionReport("failed", self._now.signals, violated, text)
