"""``skill-stack plan --preview``: a picture of each step of a plan, before anything moves."""

from __future__ import annotations

import argparse

from skill_stack.commands.common import note, print_json, resources
from skill_stack.core.instruction import Instruction
from skill_stack.planner.plan_command import PlanCommand
from skill_stack.planner.trial import TrialSituation
from skill_stack.runtime.rehearsal.plan_preview import PreviewJob, preview_apart


def run(options: argparse.Namespace) -> int:
    """0 when there is a plan and every step was drawn, else 1.

    Raises:
        SkillStackError: Nothing can be drawn on this machine.
    """
    command = PlanCommand(resources(), options.robot, None, options.scene)
    graph, facts = command.world()
    plan = command.planner.plan(Instruction(" ".join(options.words), "command line"), graph, facts)
    if plan.tree is None:
        print_json(plan.to_json()) if options.json else print(f"{plan.status}: {plan.reason}")
        return 1
    note("rehearses the plan; this takes some seconds for each step")
    pictures = preview_apart(PreviewJob(options.robot, plan, TrialSituation(graph, facts), options.preview))
    steps = [
        f"{one.skill} {' '.join(str(value) for value in one.arguments.values())}".strip()
        for one in plan.tree.every_skill()
    ]
    if options.json:
        shown = [str(pictures[number]) if number in pictures else None for number in range(len(steps))]
        print_json({**plan.to_json(), "pictures": shown})
    else:
        print(f"{plan.status}: {plan.reason}")
        for number, step in enumerate(steps):
            print(f"  {step}: {pictures.get(number, 'not reached in the rehearsal')}")
    return 0 if len(pictures) >= len(steps) or plan.tree.conditional else 1
