"""``skill-stack plan``: words to a checked plan; nothing moves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from skill_stack.commands.common import print_json, resources
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner import plan_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    plan_command.add_arguments(parser)
    parser.add_argument(
        "--robots", metavar="FILE", help="several robots among which the words are divided, see docs/fleet.md"
    )
    parser.add_argument(
        "--rehearse", action="store_true", help="try several plans in sampled worlds and say which one would run"
    )
    parser.add_argument(
        "--rehearse-seconds", type=positive, metavar="S", help="time for that (default: config/rehearsal.yaml)"
    )
    parser.add_argument(
        "--preview", type=Path, metavar="FOLDER", help="rehearse the plan once and write a picture of each step there"
    )
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes for that (default 0: this one)")


def run(options: argparse.Namespace) -> int:
    """0 when there is a plan or a statement (with ``--batch``: when every line was answered), else 1."""
    if options.model is not None and (options.robots or options.rehearse):
        raise DataError("--model goes with one robot and without --rehearse")
    if options.robots:
        return _several(options)
    if options.preview is not None:
        if options.batch or options.library or options.rehearse or not options.words:
            raise DataError('--preview takes words and a robot\'s own skills: skill-stack plan --preview out "sit"')
        from skill_stack.commands.talk.plan_preview import run as show  # on demand: physics

        return show(options)
    if not options.rehearse:
        return plan_command.run(options, _ways, _falls)
    if options.batch or options.library or not options.words:
        raise DataError('--rehearse takes words and a robot\'s own skills: skill-stack plan --rehearse "go to a ball"')
    from skill_stack.commands.talk.plan_rehearsal import run as rehearse  # on demand: physics

    return rehearse(options)


def _ways(library: SkillLibrary, robot: str) -> Callable[[PlanNode, SceneGraph], str]:
    """The check of constraints on paths."""
    from skill_stack.connector.paths.way_check import WayCheck  # on demand: the plans of other robots need none
    from skill_stack.connector.settings import ConnectorSettings

    return WayCheck(library, load_robot(resources().robot(robot)).footprint, ConnectorSettings())


def _falls(blocks: Sequence[SceneObject], ground: SceneObject) -> str:
    """Tries in simulation whether a structure stands."""
    from skill_stack.hardware.mujoco.standing_check import first_to_fall  # on demand: physics

    return first_to_fall(blocks, ground)


def _several(options: argparse.Namespace) -> int:
    """Divides the words among the robots of a file."""
    if options.batch or options.library or options.rehearse or not options.words:
        raise DataError('--robots takes words alone: skill-stack plan --robots FILE "Rex, sit"')
    from skill_stack.planner.fleet.fleet_file import load_fleet, plan_for  # on demand: planners of several robots

    path = resources().team(options.robots)
    answer = plan_for(load_fleet(path), " ".join(options.words), resources(), path.parent, options.scene)
    if options.json:
        print_json(answer.to_json())
        return 0 if answer.status in ("plan", "statement") else 1
    print(f"{answer.status}: {answer.reason}")
    for one in answer.assignments:
        waits = f" (after {', '.join(str(number) for number in one.after)})" if one.after else ""
        steps = ", ".join(f"{s.skill} {' '.join(str(v) for v in s.arguments.values())}".strip() for s in one.plan.steps)
        print(f"  {one.number} {one.robot}{waits}: {steps}")
    return 0 if answer.status in ("plan", "statement") else 1
