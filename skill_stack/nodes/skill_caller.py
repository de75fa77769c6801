"""SkillCaller: runs one skill at a time through the connector, and never waits for a dead one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rclpy.action import ActionClient
from rclpy.node import Node
from rclpy.task import Future

from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.nodes.wire.wire import CHANGE_REFUSED, outcome_of, request_goal
from skill_stack_interfaces.action import DoSkill

REPEAT = 0.5  # s without an answer after which a request is sent again; the connector knows it by its id
SILENCE = 1.6  # s without a sign of life, of which it gives four a second, after which the connector counts as dead
WITHIN = 2.0  # s after which its death is told at the latest; by then the robot stands
FIND = 3.0  # s in which it must be found when a step begins


class SkillCaller:
    """Client of ``do_skill``.

    Every request ends exactly once: with the connector's outcome, ``interrupted`` where the connector ended or stopped
    answering while it ran, or with the failure that there is no connector.
    """

    def __init__(self, node: Node, on_end: Callable[[StepOutcome], None], silence: float = SILENCE) -> None:
        """Makes the client.

        Args:
            node: The node to call with.
            on_end: Takes the outcome of every request.
            silence: Time without a sign of life after which the connector counts as dead, s.
        """
        self._silence, self._find = silence, max(FIND, silence)
        self._client: Any = ActionClient(node, DoSkill, "do_skill")
        self._on_end = on_end
        self._open: dict[str, tuple[SkillRequest, float]] = {}
        self._handles: dict[str, Any] = {}
        self._unsent: list[SkillRequest] = []
        self._unanswered: dict[str, float] = {}
        self._unwanted: set[str] = set()

    def start(self, request: SkillRequest) -> None:
        """Sends a request, now or as soon as the connector is found."""
        self._open[request.id] = (request, time.monotonic())
        self._unsent.append(request)
        self.look()

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes arguments or pace of a running request, under its id; its outcome arrives as usual.

        Args:
            request: The same request with what has changed.
            refused: Called with the reason when the connector refuses it; what runs continues.
        """
        before = self._open.get(request.id)
        if before is None:
            refused("it does not run any more")
            return
        self._open[request.id] = (request, before[1])  # what is repeated from now on is the changed request
        if before[0] in self._unsent:
            self._unsent = [request if one is before[0] else one for one in self._unsent]
            return

        def answered(done: Any) -> None:
            outcome = outcome_of(done.result().result.outcome)
            # A change that was taken ends with the step; one that was refused ends while the step goes on.
            if request.id in self._open and outcome.violated == CHANGE_REFUSED:
                if self._open[request.id][0] is request:
                    self._open[request.id] = (before[0], time.monotonic())
                refused(outcome.reason)

        def accepted(future: Future) -> None:
            handle: Any = future.result()
            if handle.accepted:
                handle.get_result_async().add_done_callback(answered)
            elif request.id in self._open:
                refused("the connector refused the change")

        self._client.send_goal_async(request_goal(request)).add_done_callback(accepted)

    def cancel(self, request_id: str) -> None:
        """Requests the end of a request; its outcome arrives as usual."""
        handle = self._handles.get(request_id)
        if handle is not None:
            handle.cancel_goal_async()
        elif request_id in self._unanswered:
            self._unwanted.add(request_id)  # as soon as it is known to the connector

    def look(self) -> None:
        """To be called a few times a second: sends pending requests, and gives up on a silent connector."""
        if self._unsent and self._client.server_is_ready():
            for request in self._unsent:
                self._send(request)
            self._unsent.clear()
        now = time.monotonic()
        for request, heard in list(self._open.values()):
            if request.id in self._unanswered and now - self._unanswered[request.id] > REPEAT:
                self._send(request)
            waiting = request in self._unsent
            if now - heard > (self._find if waiting else self._silence):
                self._end(_silent(request, waiting))

    def _send(self, request: SkillRequest) -> None:
        def alive(_: Any) -> None:
            if request.id in self._open:
                self._open[request.id] = (self._open[request.id][0], time.monotonic())

        def accepted(future: Future) -> None:
            if self._unanswered.pop(request.id, None) is None:
                return  # the answer to a repeated request
            handle: Any = future.result()
            if not handle.accepted:
                self._end(StepOutcome(request.id, request.skill, "failed", "the connector refused the step"))
                return
            alive(handle)
            self._handles[request.id] = handle
            if request.id in self._unwanted:
                handle.cancel_goal_async()
            handle.get_result_async().add_done_callback(
                lambda done: self._end(outcome_of(done.result().result.outcome))
            )

        self._unanswered[request.id] = time.monotonic()
        self._client.send_goal_async(request_goal(request), feedback_callback=alive).add_done_callback(accepted)

    def _end(self, outcome: StepOutcome) -> None:
        self._handles.pop(outcome.request_id, None)
        self._unwanted.discard(outcome.request_id)
        self._unanswered.pop(outcome.request_id, None)
        self._unsent = [request for request in self._unsent if request.id != outcome.request_id]
        if self._open.pop(outcome.request_id, None) is not None:
            self._on_end(outcome)


def _silent(request: SkillRequest, waiting: bool) -> StepOutcome:
    """Outcome of an unanswered request; if it had begun, the outcome is no evidence about its skill."""
    if waiting:
        return StepOutcome(request.id, request.skill, "failed", "there is no connector")
    reason = "the connector died or stopped answering"
    return StepOutcome(request.id, request.skill, "interrupted", reason, "connector answers")
