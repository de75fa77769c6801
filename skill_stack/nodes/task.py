"""Task: one instruction on its way from words to an outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from rclpy.task import Future

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.setpoint import StepOutcome
from skill_stack.nodes.wire import outcome_message
from skill_stack.planner.executor import PlanExecutor
from skill_stack_interfaces.action import DoTask


@dataclass(slots=True)
class Task:
    """What is known of it.

    Attributes:
        instruction: The words.
        tell: Takes the kind of an event and its text, for whoever asked.
        cancelled: Whether whoever asked does not want it any more.
        future: Resolved with the result.
        arrived: Monotonic time at which the words came, s.
        began: Task time at which the plan was made, s.
        plan: The plan, once there is one.
        executor: Its behaviour tree, while it runs.
        steps: Steps that ended, in order.
        running: Ids of the requests that run.
        words_id: Id of the words in the journal.
    """

    instruction: Instruction
    tell: Callable[[str, str], None]
    cancelled: Callable[[], bool]
    future: Future
    arrived: float
    began: float = 0.0
    plan: Plan | None = None
    executor: PlanExecutor | None = None
    steps: list[StepOutcome] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    words_id: str = ""

    def finish(self, outcome: str, reason: str, now: float, monotonic: float) -> None:
        """Resolves the future; later calls change nothing.

        Args:
            outcome: One of the constants of ``DoTask.Result``.
            reason: Why, in words.
            now: Task time, s.
            monotonic: Monotonic time, s.
        """
        if self.future.done():
            return
        self.future.set_result(
            DoTask.Result(
                outcome=outcome,
                reason=reason,
                plan=json.dumps(self.plan.to_json()) if self.plan else "",
                steps=[outcome_message(step) for step in self.steps],
                seconds=monotonic - self.arrived,
                simulated_seconds=max(now - self.began, 0.0) if self.steps else 0.0,
            )
        )
