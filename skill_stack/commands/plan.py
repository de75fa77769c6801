"""``skill-stack plan``: words to a checked plan; nothing moves."""

from __future__ import annotations

import argparse

from skill_stack.core.errors import DataError
from skill_stack.planner import plan_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    plan_command.add_arguments(parser)
    parser.add_argument(
        "--rehearse", action="store_true", help="try several plans in sampled worlds and say which one would run"
    )
    parser.add_argument(
        "--rehearse-seconds", type=float, metavar="S", help="time for that (default: config/rehearsal.yaml)"
    )
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes for that (default 0: this one)")


def run(options: argparse.Namespace) -> int:
    """0 when there is a plan or a statement (with ``--batch``: when every line was answered), else 1."""
    if not options.rehearse:
        return plan_command.run(options)
    if options.batch or options.library or not options.words:
        raise DataError('--rehearse takes words and a robot\'s own skills: skill-stack plan --rehearse "go to a ball"')
    from skill_stack.commands.plan_rehearsal import run as rehearse  # on demand: physics

    return rehearse(options)
