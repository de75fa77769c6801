"""``skill-stack report``: data for diagnosing a run, as one zip file."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from skill_stack.commands.common import NotRunning, add_json, add_namespace, block_of, note, print_json, resources
from skill_stack.core.processes.journal import Entry, journal_path, read_journal
from skill_stack.core.resources import Resources
from skill_stack.runtime.bringup.fault_report import last_run, origin_from
from skill_stack.runtime.bringup.run_file import RunFile
from skill_stack.runtime.reports.flight_report import write_report
from skill_stack.runtime.reports.flight_summary import to_lines
from skill_stack.runtime.reports.recordings import MAIN, Recordings, boxes_of, read_boxes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    add_json(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: the overlay's reports/)")


def run(options: argparse.Namespace) -> int:
    """Writes it and shows the summary.

    Raises:
        NotRunning: No stack of that namespace left anything.
        DataError: The black box is of another version.
    """
    found = resources()
    about, recordings, journal = recorded(found, options.namespace)
    origin = origin_from(about, options.namespace, "asked for by a person")
    origin = replace(origin, robot=origin.robot or recordings[MAIN].robot)
    path = options.output or found.writable_folder("reports") / f"{origin.when}-{origin.name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    summary = write_report(path, found, origin, recordings, journal)
    if options.json:
        print_json({"file": str(path), **summary})
    else:
        print("\n".join([*to_lines(summary), f"written to {path}"]))
    return 0


def recorded(found: Resources, namespace: str) -> tuple[dict[str, str], Recordings, tuple[Entry, ...]]:
    """Recordings of the running stack, or of the last one of that namespace.

    Returns:
        The description of the run, the black boxes of its parts, and its journal.

    Raises:
        NotRunning: There is neither.
        DataError: The black box is of another version.
    """
    block = block_of(namespace)
    try:
        recordings = read_boxes(boxes_of(block))
        return RunFile(block).about, recordings, read_journal(journal_path(block))
    except FileNotFoundError:
        kept = last_run(found, namespace)
    if kept is None:
        old = sorted(found.writable_folder("reports").glob("*.zip"))
        hint = f"; the newest report of a fault is {old[-1]}" if old else ""
        raise NotRunning(f"no stack is up here, and none left a black box{hint}")
    note(f"no stack is up here; this is of the last run of '{kept[0].get('deployment') or namespace}'")
    return kept
