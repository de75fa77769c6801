"""``skill-stack say``: sends words to the running stack."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from skill_stack.commands.common import add_json, add_namespace, block_of, join_ros, note, print_json, words_of
from skill_stack.commands.talk.task_report import done, failure_json, print_event, print_result, result_json
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.plan_file import plan_text, tree_of_file
from skill_stack.core.shared_memory.robot_stop import ask_robot
from skill_stack.core.stop_words import find_stop


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("words", nargs="?", default="", help="what the robot shall do")
    parser.add_argument(
        "--robots", metavar="FILE", help="several running robots among which the words are divided, see docs/fleet.md"
    )
    parser.add_argument("--plan", metavar="PLAN.yaml", help="have a plan file done instead of words, see docs/plans.md")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the task succeeded or the question was answered."""
    if bool(options.words) == bool(options.plan):
        raise DataError('give words, for example: skill-stack say "go to the red ball"; or --plan PLAN.yaml')
    if options.robots:
        from skill_stack.commands.talk.say_fleet import run as say_to_several  # on demand: planners of several robots

        return say_to_several(options)
    words = _plan(options.plan) if options.plan else words_of(options.words)
    stop = None if options.plan else find_stop(words)
    if stop in ("stop", "estop") and ask_robot(block_of(options.namespace), stop):
        note(f"{stop} is stored")  # the planner hears it too, and gives up what waits
    join_ros()
    from skill_stack.nodes.clients.client import TaskClient

    begin = time.monotonic()
    try:
        with TaskClient(options.namespace) as client:
            result = client.do(words, print_event)
    except SkillStackError as error:
        if options.json:
            print_json(failure_json(str(error), time.monotonic() - begin))
        note(f"failed: {error}")
        return 1
    if options.json:
        print_json(result_json(result))
    else:
        print_result(result)
    return 0 if done(result) else 1


def _plan(file: str) -> str:
    """A plan file as the robot takes it; a composite's ``skill.yaml`` too."""
    return plan_text(tree_of_file(read_yaml(Path(file)), file), instruction=f"file {Path(file).name}")
