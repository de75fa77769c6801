"""TaskSender: sends instructions from any thread of a node to the planner, and returns the progress as events."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Collection
from typing import Any

from rclpy.action import ActionClient
from rclpy.node import Node

from skill_stack.monitor.status_board import PageEvent
from skill_stack.planner.dialogue.console import Console
from skill_stack_interfaces.action import DoTask

PERIOD = 0.05  # s between looks
FIND = 5.0  # s in which a planner must be found
SILENCE = 5.0  # s without a sign of life after which a planner counts as dead; it gives one twice a second
_GOOD = (DoTask.Result.SUCCEEDED, DoTask.Result.STATEMENT)


class TaskSender:
    """Sends goals of ``do_task`` from the node's own executor, because action clients are not thread-safe."""

    def __init__(
        self,
        node: Node,
        source: str,
        tell: Callable[[PageEvent], None],
        quiet: Collection[str] = ("alive",),
        console: Console | None = None,
        talk: Callable[[str, str], object] = lambda kind, text: None,
    ) -> None:
        """Prepares; the node must be spun.

        Args:
            node: The node to send with.
            source: Where the words come from: ``web``, ``prompt``.
            tell: Takes events for people; called from the node's executor.
            quiet: Kinds of feedback that are not passed on, such as heartbeats.
            console: Signs the words, where a person at this console may confirm what is hazardous.
            talk: Takes the planner's events and outcomes by their kind, quiet ones too.
        """
        self._source, self._tell, self._quiet = source, tell, frozenset(quiet)
        self._console, self._talk = console, talk
        self._words: queue.SimpleQueue[tuple[str, bool, float]] = queue.SimpleQueue()
        self._next: tuple[str, bool, float] | None = None
        self._client: ActionClient = ActionClient(node, DoTask, "do_task")
        self._heard: dict[int, float] = {}  # goals that run, by number, and when the planner last spoke of them
        self._count = 0
        node.create_timer(PERIOD, self._look)

    @property
    def busy(self) -> bool:
        """Whether words wait or run."""
        return bool(self._heard) or self._next is not None or not self._words.empty()

    def send(self, words: str, sure: bool = True) -> None:
        """Queues an instruction; from any thread, returns at once.

        Args:
            words: The words.
            sure: Whether they come from a person who may confirm what is hazardous.
        """
        self._words.put((words, sure, time.monotonic()))

    def _look(self) -> None:
        """Sends queued instructions, and detects a dead planner."""
        now = time.monotonic()
        while self._next is not None or not self._words.empty():
            words, sure, since = self._next = self._next or self._words.get()
            if self._client.server_is_ready():
                self._start(words, sure, now)
            elif now - since < FIND:
                break
            else:
                self._tell(
                    PageEvent("no planner answers; is the stack up? Start one with: skill-stack up go2_sim", "bad")
                )
            self._next = None
        for number in [number for number, heard in self._heard.items() if now - heard > SILENCE]:
            del self._heard[number]
            self._tell(PageEvent(f"the planner died or stopped answering: silent for {SILENCE:.0f} s", "bad"))

    def _start(self, words: str, sure: bool, now: float) -> None:
        self._count += 1
        number = self._count
        self._heard[number] = now
        source = self._console.sign(self._source, words, time.time()) if self._console and sure else self._source
        goal = DoTask.Goal(text=words, source=source)
        accepted = self._client.send_goal_async(goal, lambda message: self._take_feedback(number, message))
        accepted.add_done_callback(lambda future: self._take_acceptance(number, future))

    def _take_feedback(self, number: int, message: Any) -> None:
        feedback = message.feedback
        if number in self._heard:
            self._heard[number] = time.monotonic()
        self._talk(feedback.event, feedback.text)
        if feedback.event not in self._quiet and feedback.text:
            self._tell(PageEvent(f"{feedback.event.replace('_', ' ')}: {feedback.text}"))

    def _take_acceptance(self, number: int, future: Any) -> None:
        goal = future.result()
        if goal is None or not goal.accepted:
            self._heard.pop(number, None)
            self._tell(PageEvent("the planner did not take the words: it is not active", "bad"))
            return
        goal.get_result_async().add_done_callback(lambda done: self._take_result(number, done))

    def _take_result(self, number: int, future: Any) -> None:
        self._heard.pop(number, None)
        result = future.result().result
        text = f"{result.outcome}: {result.reason}" if result.reason else result.outcome
        self._talk(result.outcome, result.reason or result.outcome)
        self._tell(PageEvent(text, "good" if result.outcome in _GOOD else "bad"))
