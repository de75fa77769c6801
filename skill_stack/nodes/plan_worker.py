"""PlanWorker: plans at once; waits for models and rehearsals in threads, so that stops and events are processed."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future as PoolFuture
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.stack_node import StackNode
from skill_stack.planner.planner_protocol import Cancels

T = TypeVar("T")

THREADS = 3
"""Instructions that may wait for a model or a rehearsal at the same time; others do not wait for them."""


class PlanWorker:
    """Makes plans and returns them in the node's executor, at once where nothing must be waited for."""

    def __init__(self, node: StackNode, planner: Cancels) -> None:
        """Takes the planner.

        Args:
            node: The node in whose executor plans are handed on.
            planner: Plans.
        """
        self._node, self.planner = node, planner
        self._pool = ThreadPoolExecutor(THREADS, "planning")  # which starts none before it is needed

    def plan(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], then: Callable[[Plan], None]
    ) -> None:
        """Makes a plan; errors become refusals.

        Args:
            instruction: The words.
            scene: What there is.
            facts: What is true now.
            then: Takes the plan, in the node's executor.
        """
        begun = self._sound(instruction, lambda: self.planner.begin(instruction, scene, facts))
        if isinstance(begun, Plan):
            then(begun)
            return

        def done(future: PoolFuture[Plan]) -> None:
            executor: Any = self._node.executor
            if executor is None or future.cancelled() or not self._node.alive:
                return
            executor.create_task(then, future.result())

        self._pool.submit(self._sound, instruction, begun).add_done_callback(done)

    def _sound(self, instruction: Instruction, make: Callable[[], T]) -> T | Plan:
        """The result; a fault of the planner is logged, and refuses only these words."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - words that break the planner must not end what runs
            told = "".join(traceback.format_exception(error))
            self._node.get_logger().error(f"planning '{instruction.text[:80]}' failed: {told}")
            return Plan("", instruction.text, "refusal", reason=f"planning failed: {error!r}")

    def cancel(self) -> None:
        """Cancels the wait for a model: the plan is made without it at once."""
        self.planner.cancel()

    def close(self) -> None:
        """Ends the thread."""
        self.planner.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
