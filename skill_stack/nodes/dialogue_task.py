"""DialogueTask: a job of the dialogue with its waiting client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from rclpy.task import Future

from skill_stack.nodes.wire.wire import outcome_message
from skill_stack.planner.dialogue.job import Job
from skill_stack_interfaces.action import DoTask


@dataclass(slots=True)
class DialogueTask(Job):
    """Client data of a job.

    Attributes:
        future: Resolved with the result.
        arrived: Monotonic time at which the words came, s.
        words_id: Id of the words in the journal.
    """

    future: Future = field(default_factory=Future)
    arrived: float = 0.0
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
