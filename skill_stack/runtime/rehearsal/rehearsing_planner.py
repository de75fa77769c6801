"""RehearsingPlanner: a planner whose plans are rehearsed before they are returned; for a thread of its own."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.model.model_planner import ModelPlanner
from skill_stack.planner.planner_protocol import Cancels, PlannerProtocol
from skill_stack.planner.proposal_choice import ProposalVote, chosen_by_result
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_need import Need, always, doubtful
from skill_stack.planner.rehearsal_record import RehearsalRecord, RehearsalSettings
from skill_stack.planner.trial import Rehearser, TrialSituation
from skill_stack.runtime.rehearsal.measured_doubt import measured_doubt
from skill_stack.runtime.rehearsal.rehearsal import load_rehearsal
from skill_stack.runtime.rehearsal.rehearsal_pool import PoolRehearser

MOST_WORKERS = 4
"""Processes that make trials: half of the cores, and no more than a rehearsal of 3 s can use."""

LOADING = 15.0
"""Longest time that the first rehearsal waits for its processes, s; they load in 3 s on idle cores. Its own time begins
then."""
MANY = 3
"""Rehearsals without a success after which a hazardous plan is refused, and no longer asked about."""
ANYWAY = "Shall I try it all the same?"

ASIDE = ("service", "correction")
"""Sources of instructions that only query a plan, or must act at once."""


def rehearsing(
    planner: Cancels, grammar: PlannerProtocol, resources: Resources, robot: str, complain: Callable[[str], None],
    mode: str = "always", seconds: float | None = None,
    device: bool = False,
) -> RehearsingPlanner:  # fmt: skip
    """A planner that rehearses in worker processes.

    They start at once where every plan is rehearsed, else with the first plan that is.

    Args:
        planner: Makes the requested plan.
        grammar: Makes plans from other words, without a language model.
        resources: Where ``config/rehearsal.yaml`` is.
        robot: Name of the robot; it must have a model and skills of its own.
        complain: Takes why something could not be rehearsed.
        mode: ``always``, or ``doubtful`` for plans that :func:`skill_stack.planner.rehearsal_need.doubtful` names.
        seconds: Longest time of a rehearsal, s; None for that of ``config/rehearsal.yaml``.
        device: Whether plans will move a real robot: they are tried as it is given them.

    Raises:
        SkillStackError: The settings are missing or wrong.
    """
    file = load_rehearsal(resources)
    budget = file.budget if seconds is None else file.budget.model_copy(update={"seconds": seconds})
    workers = max(1, min(MOST_WORKERS, len(os.sched_getaffinity(0)) // 2))

    def pool() -> PoolRehearser:
        doubt = measured_doubt(resources, robot, file.doubt)
        return PoolRehearser(os.environ, robot, doubt, workers, budget.seconds, device)

    need, rehearser = (always, pool()) if mode == "always" else (doubtful, pool)
    made = RehearsingPlanner(planner, grammar, rehearser, budget, time.monotonic, complain, need)
    if isinstance(planner, ModelPlanner):
        planner.vote = made.vote
    return made


class RehearsingPlanner:
    """Plans like another planner, then compares the plan with alternatives and returns the most reliable one.

    It never stands in the way: what cannot be rehearsed is handed on as it was planned.
    """

    def __init__(
        self,
        planner: Cancels,
        grammar: PlannerProtocol,
        rehearser: Rehearser | Callable[[], Rehearser],
        settings: RehearsalSettings,
        clock: Callable[[], float],
        complain: Callable[[str], None] = lambda _: None,
        need: Need = always,
    ) -> None:
        """Keeps its parts.

        Args:
            planner: Makes the requested plan.
            grammar: Makes plans from other words, without a language model.
            rehearser: Runs trials; or makes what does, with the first plan that is rehearsed.
            settings: How much is tried.
            clock: Monotonic time, s.
            complain: Takes why something could not be rehearsed.
            need: Returns why a plan is rehearsed; empty where it is not.
        """
        self._planner, self._candidates = planner, Candidates(grammar)
        self._made = None if callable(rehearser) else rehearser
        self._make = rehearser if callable(rehearser) else None
        self._library = lambda: grammar.library
        self._settings, self._need = settings, need
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

        if isinstance(begun, Plan) and not self._why(begun):
            return begun

        def finish() -> Plan:
            plan = begun if isinstance(begun, Plan) else begun()
            why = self._why(plan) if plan.status == "plan" else ""
            return self._tried(plan, instruction, scene, facts, cancelled) if why else plan

        return finish

    def _why(self, plan: Plan) -> str:
        """Why a plan is rehearsed; empty where it is not, or where that cannot be told."""
        try:
            return self._need(plan, self._library())
        except SkillStackError as error:
            self._complain(f"not rehearsed: {error}")
            return ""

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
        alone = len(candidates) < 2
        if not candidates or (alone and self._need is always):
            return plan
        rehearsal = Rehearsal(
            self._rehearser(), self._settings, lambda: math.inf if cancelled.is_set() else self._clock()
        )
        done = rehearsal.choose(candidates, TrialSituation(scene, facts, instruction.time))
        chosen, library = done.records[done.chosen], self._library()
        hazardous = any(library.hazard(step.skill) == "high" for step in done.plan.steps)
        wrong = (hazardous and _fell(chosen)) or (_failed(chosen) if alone else "")
        if wrong and hazardous and (chosen.fell or len(chosen.trials) >= MANY):
            return replace(plan, status="refusal", tree=None, facts=(), reason=wrong)
        if wrong:
            return replace(plan, status="question", certainty="disputed", reason=f"{wrong} {ANYWAY}")
        return replace(done.plan, id=plan.id, instruction=plan.instruction)

    def vote(self, situation: TrialSituation, plans: Sequence[Plan]) -> ProposalVote:
        """Chooses among several plans of one source by what they lead to; by their steps while others are rehearsed."""
        seconds, cancelled = self._settings.seconds, self._cancelled
        if not self._one_at_a_time.acquire(blocking=False):
            return chosen_by_result(None, situation, plans, seconds, self._clock)
        try:
            clock = lambda: math.inf if cancelled.is_set() else self._clock()  # noqa: E731
            return chosen_by_result(self._rehearser(), situation, plans, seconds, clock)
        except Exception as error:  # noqa: BLE001 - a rehearsal that breaks must not keep a person from being asked
            self._complain(f"not rehearsed: {error}")
            return chosen_by_result(None, situation, plans, seconds, self._clock)
        finally:
            self._one_at_a_time.release()

    def _rehearser(self) -> Rehearser:
        """What makes trials; started where nothing did before."""
        if self._made is None:
            assert self._make is not None
            self._made = self._make()
            if isinstance(self._made, PoolRehearser):
                self._made.load(LOADING)
        return self._made

    def cancel(self) -> None:
        """Ends planning or rehearsal: the best plan so far is returned at once."""
        self._cancelled.set()
        self._cancelled = threading.Event()
        self._planner.cancel()

    def close(self) -> None:
        """Ends the worker processes, where there are any."""
        self.cancel()
        if isinstance(self._made, PoolRehearser):
            self._made.close()


def _fell(record: RehearsalRecord) -> str:
    """Why a hazardous plan is not begun: the robot fell or was damped in a rehearsal; empty where it did not."""
    if not record.fell:
        return ""
    worlds = f"{record.fell} of {len(record.trials)} simulated worlds"
    return f"I rehearsed that, and fell or was damped in {worlds}, so I do not do it; ask for less of it."


def _failed(record: RehearsalRecord) -> str:
    """Why the only plan is not begun: it succeeded in no world that there was time for; empty where it may run."""
    if record.passed or not record.trials:
        return ""
    why = record.reasons[0] if record.reasons else "it does not succeed"
    count = len(record.trials)
    worlds, there = ("one simulated world", "there") if count == 1 else (f"{count} simulated worlds", "in all")
    return f"I rehearsed that in {worlds}, and it failed {there}: {why}."
