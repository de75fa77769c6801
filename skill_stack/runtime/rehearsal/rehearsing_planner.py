"""RehearsingPlanner: a planner whose plans are rehearsed before they are returned; for a thread of its own."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.planner_protocol import Cancels, PlannerProtocol
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_record import RehearsalSettings
from skill_stack.planner.trial import Rehearser, TrialSituation
from skill_stack.runtime.rehearsal.rehearsal import load_rehearsal
from skill_stack.runtime.rehearsal.rehearsal_pool import PoolRehearser

MOST_WORKERS = 4
"""Processes that make trials: half of the cores, and no more than a rehearsal of 3 s can use."""

ASIDE = ("service", "correction")
"""Sources of instructions that only query a plan, or must act at once."""


def rehearsing(
    planner: Cancels, grammar: PlannerProtocol, resources: Resources, robot: str, complain: Callable[[str], None]
) -> RehearsingPlanner:
    """A planner that rehearses in worker processes, which start at once.

    Args:
        planner: Makes the requested plan.
        grammar: Makes plans from other words, without a language model.
        resources: Where ``config/rehearsal.yaml`` is.
        robot: Name of the robot; it must have a model and skills of its own.
        complain: Takes why something could not be rehearsed.

    Raises:
        SkillStackError: The settings are missing or wrong.
    """
    file = load_rehearsal(resources)
    workers = max(1, min(MOST_WORKERS, len(os.sched_getaffinity(0)) // 2))
    pool = PoolRehearser(os.environ, robot, file.doubt, workers)
    return RehearsingPlanner(planner, grammar, pool, file.budget, time.monotonic, complain)


class RehearsingPlanner:
    """Plans like another planner, then compares the plan with alternatives and returns the most reliable one.

    It never stands in the way: what cannot be rehearsed is handed on as it was planned.
    """

    def __init__(
        self,
        planner: Cancels,
        grammar: PlannerProtocol,
        rehearser: Rehearser,
        settings: RehearsalSettings,
        clock: Callable[[], float],
        complain: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Keeps its parts.

        Args:
            planner: Makes the requested plan.
            grammar: Makes plans from other words, without a language model.
            rehearser: Runs trials.
            settings: How much is tried.
            clock: Monotonic time, s.
            complain: Takes why something could not be rehearsed.
        """
        self._planner, self._candidates = planner, Candidates(grammar)
        self._rehearser, self._settings = rehearser, settings
        self._clock, self._complain = clock, complain
        self._cancelled = threading.Event()
        self._one_at_a_time = threading.Lock()

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction; takes up to the time of a rehearsal longer than planning does."""
        begun = self.begin(instruction, scene, facts)
        return begun if isinstance(begun, Plan) else begun()

    def begin(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Plan | Callable[[], Plan]:
        """The answer where there is nothing to rehearse or to wait for; else a continuation for another thread."""
        cancelled = self._cancelled
        begun = self._planner.begin(instruction, scene, facts)
        aside = instruction.source in ASIDE or scene.robot is None
        if aside or (isinstance(begun, Plan) and begun.status != "plan"):
            return begun

        def finish() -> Plan:
            plan = begun if isinstance(begun, Plan) else begun()
            return self._tried(plan, instruction, scene, facts, cancelled) if plan.status == "plan" else plan

        return finish

    def _tried(
        self,
        plan: Plan,
        instruction: Instruction,
        scene: SceneGraph,
        facts: frozenset[Fact],
        cancelled: threading.Event,
    ) -> Plan:
        """The plan, or the result of its rehearsal where no other one is running."""
        if not self._one_at_a_time.acquire(blocking=False):
            return plan  # words that came while others are rehearsed do not wait for those
        try:
            return self._rehearsed(plan, instruction, scene, facts, cancelled)
        except Exception as error:  # noqa: BLE001 - a rehearsal that breaks must not keep the robot from its task
            self._complain(f"not rehearsed: {error}")
            return plan
        finally:
            self._one_at_a_time.release()

    def _rehearsed(
        self,
        plan: Plan,
        instruction: Instruction,
        scene: SceneGraph,
        facts: frozenset[Fact],
        cancelled: threading.Event,
    ) -> Plan:
        """The plan, or another one that does better in sampled worlds."""
        aside = replace(instruction, source=ASIDE[0])  # words that are only tried teach nothing
        candidates = self._candidates.beside(plan, aside, scene, facts, self._settings.candidates)
        if len(candidates) < 2:
            return plan
        rehearsal = Rehearsal(
            self._rehearser, self._settings, lambda: math.inf if cancelled.is_set() else self._clock()
        )
        chosen = rehearsal.choose(candidates, TrialSituation(scene, facts, instruction.time)).plan
        return replace(chosen, id=plan.id, instruction=plan.instruction)

    def cancel(self) -> None:
        """Ends planning or rehearsal: the best plan so far is returned at once."""
        self._cancelled.set()
        self._cancelled = threading.Event()
        self._planner.cancel()

    def close(self) -> None:
        """Ends the worker processes, where there are any."""
        self.cancel()
        if isinstance(self._rehearser, PoolRehearser):
            self._rehearser.close()
