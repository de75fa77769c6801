"""``skill-stack plan --rehearse``: several plans tried in sampled worlds, with the table of results."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from skill_stack.commands.common import print_json, resources
from skill_stack.core.instruction import Instruction
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.plan_command import PlanCommand
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_record import RehearsalRecord, RehearsalSettings, Rehearsed
from skill_stack.planner.trial import Rehearser, TrialSituation
from skill_stack.runtime.rehearsal.measured_doubt import measured_doubt
from skill_stack.runtime.rehearsal.rehearsal import LineRehearser, load_rehearsal, stage_of
from skill_stack.runtime.rehearsal.rehearsal_pool import PoolRehearser

PATIENCE = 2.0
"""Time after which progress is shown, s."""


def run(options: argparse.Namespace) -> int:
    """0 when there is a plan or a statement, else 1."""
    found = resources()
    command = PlanCommand(found, options.robot, None, options.scene)
    graph, facts = command.world()
    settings = load_rehearsal(found)
    doubt = measured_doubt(found, options.robot, settings.doubt)
    budget = settings.budget
    if options.rehearse_seconds is not None:
        budget = RehearsalSettings.model_validate({**budget.model_dump(), "seconds": options.rehearse_seconds})
    instruction = Instruction(" ".join(options.words), "command line")
    plan = command.planner.plan(instruction, graph, facts)
    candidates = Candidates(command.planner).beside(plan, instruction, graph, facts, budget.candidates)
    if not candidates:
        _print(plan.to_json(), None, options.json)
        return 0 if plan.status == "statement" else 1
    rehearser: Rehearser
    if options.workers > 0:
        rehearser = PoolRehearser(os.environ, options.robot, doubt, options.workers)
    else:
        rehearser = LineRehearser(stage_of(found, options.robot, doubt))
    try:
        rehearsal = Rehearsal(rehearser, budget, time.monotonic)
        result = rehearsal.choose(candidates, TrialSituation(graph, facts), _teller(budget.seconds))
    finally:
        if isinstance(rehearser, PoolRehearser):
            rehearser.close()
    _print(result.plan.to_json(), result, options.json)
    return 0


def _teller(limit: float) -> Callable[[Sequence[RehearsalRecord], float], None]:
    """Shows progress on the terminal when it takes long; nothing without a terminal."""

    def tell(records: Sequence[RehearsalRecord], spent: float) -> None:
        if spent > PATIENCE and sys.stderr.isatty():
            count = sum(len(record.trials) for record in records)
            sys.stderr.write(f"\rrehearsing: {count} trials of {len(records)} plans, {spent:.1f} of {limit:g} s ")
            sys.stderr.flush()

    return tell


def _print(answer: dict[str, Any], result: Rehearsed | None, as_json: bool) -> None:
    """The answer with the table."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    if as_json:
        print_json({**answer, "rehearsal": result.to_json() if result else None})
        return
    print(f"{answer['status']}: {answer['reason']}")
    if result is not None:
        print("\n".join(table(result)))


def table(result: Rehearsed) -> list[str]:
    """The candidates as lines of text, the one that runs marked.

    Args:
        result: What a rehearsal came to.
    """
    width = max(len(record.candidate.label) for record in result.records)
    lines = [f"  {'':{width}}  succeeds  at least  task time"]
    for number, record in enumerate(result.records):
        mark = ">" if number == result.chosen else " "
        count = f"{record.passed} of {len(record.trials)}" if record.trials else "–"
        bound = f"{record.bound(result.settings):.0%}" if record.trials else "–"
        took = f"{record.seconds:.1f} s" if record.passed else "–"
        why = f"  {record.reasons[0]}" if record.reasons else ""
        lines.append(f"{mark} {record.candidate.label:{width}}  {count:>8}  {bound:>8}  {took:>9}{why}")
    cut = "" if result.complete else "; time ran out"
    return [*lines, f"  {sum(len(r.trials) for r in result.records)} rehearsals in {result.seconds:.1f} s{cut}"]
