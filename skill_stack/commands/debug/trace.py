"""``skill-stack trace``: from the words to the command, with the time of each hand-over."""

from __future__ import annotations

import argparse

from skill_stack.commands.common import add_json, add_namespace, print_json, resources
from skill_stack.commands.debug.report import recorded
from skill_stack.core.errors import UnknownName
from skill_stack.runtime.reports.flight_report import hidden
from skill_stack.runtime.reports.trace import Trace, traces


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("id", nargs="?", default="", help="id of words, of a plan or of a request, or how it begins")
    parser.add_argument("--last", type=int, default=5, metavar="N", help="how many of the last requests (default: 5)")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Shows the last requests.

    Raises:
        NotRunning: No stack of that namespace left anything.
        UnknownName: Nothing has such an id.
    """
    _, recordings, journal = recorded(resources(), options.namespace)
    found = chosen(traces(journal, recordings), options.id, options.last)
    if options.json:
        print_json({"traces": hidden([trace.to_json() for trace in found])})
    elif found:
        print("\n".join(line for trace in found for line in trace.to_lines()))
    else:
        print("nothing has been asked of this stack yet")
    return 0


def chosen(found: list[Trace], identity: str, last: int) -> list[Trace]:
    """The traces that an id belongs to, or the last ones when none is given.

    Raises:
        UnknownName: Nothing has such an id.
    """
    if not identity:
        return found[-max(last, 0) :] if last > 0 else []
    fitting = [trace for trace in found if any(name.startswith(identity) for name in trace.names())]
    if not fitting:
        known = sorted({name for trace in found for name in trace.names()})
        raise UnknownName("trace", identity, known)
    return fitting
