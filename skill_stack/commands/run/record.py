"""``skill-stack record``: what the recorder of a running stack shall do, and what it does."""

from __future__ import annotations

import argparse
import json

from skill_stack.commands.common import add_json, add_namespace, attach, print_json
from skill_stack.core.errors import SkillStackError

VERBS = ("start", "stop", "mark", "status")


class NotRecorded(SkillStackError):
    """The recorder could not do it; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("what", choices=VERBS, help="start, stop, mark this moment and keep the run, status")
    parser.add_argument("text", nargs="?", default="", help="words of the mark")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Asks the recorder.

    Raises:
        NotRunning: There is no stack of that namespace.
        NotReachable: It has no recorder that answers.
        NotRecorded: The recorder could not do it.
    """
    attach(options.namespace).close()  # says clearly when there is none
    from skill_stack.nodes.clients.record_client import ask_recorder

    done, message, state = ask_recorder(options.namespace, options.what, options.text)
    if options.json:
        print_json({"done": done, "message": message, **json.loads(state or "{}")})
        return 0 if done else 1
    if not done:
        raise NotRecorded(message)
    print(message)
    if options.what == "status":
        _explain(json.loads(state))
    return 0


def _explain(state: dict[str, object]) -> None:
    if state["recording"]:
        size = float(str(state["bytes"])) / 1e6
        print(f"{state['seconds']} s, {size:.1f} MB, {state['messages']} messages, {state['lost_ticks']} ticks lost")
