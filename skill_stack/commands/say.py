"""``skill-stack say``: has words done by the running stack."""

from __future__ import annotations

import argparse
import time

from skill_stack.commands.common import add_json, add_namespace, join_ros, note, print_json, words_of
from skill_stack.commands.task_report import done, failure_json, print_event, print_result, result_json
from skill_stack.core.errors import SkillStackError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("words", help="what the robot shall do")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the task succeeded or the question was answered."""
    join_ros()
    from skill_stack.nodes.client import TaskClient

    begin = time.monotonic()
    try:
        with TaskClient(options.namespace) as client:
            result = client.do(words_of(options.words), print_event)
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
