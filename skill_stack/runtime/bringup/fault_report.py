"""Writes a report after a fault, in a process that the supervisor starts without waiting.

Example: ``python -m skill_stack.runtime.bringup.fault_report --why "control process 12 is gone"``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.journal import Entry, journal_path, read_journal
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.runtime.bringup.last_run import BOX, JOURNAL, about_run
from skill_stack.runtime.bringup.run_file import RunFile
from skill_stack.runtime.reports.flight_report import AUTOMATIC, Origin, keep_newest, write_report
from skill_stack.runtime.reports.recordings import MAIN, Recordings, boxes_of, kept_boxes, read_boxes

NICE = 5
"""Niceness of the report process."""
AFTERMATH = 1.0
"""Time after the fault that the black box still records, s."""


def origin_of(namespace: str, environment: Mapping[str, str], why: str) -> Origin:
    """Subject of a report of a namespace; includes the deployment when ``skill-stack up`` started it.

    Args:
        namespace: ROS namespace of the robot.
        environment: Usually ``os.environ``.
        why: Why it is written.

    Raises:
        DataError: ``ROS_DOMAIN_ID`` is wrong.
    """
    about = RunFile(block_path(namespace, domain_of(environment), os.getuid())).about
    return origin_from(about, namespace, why)


def origin_from(about: Mapping[str, str], namespace: str, why: str) -> Origin:
    """Subject of a report, from the run file.

    Args:
        about: ``deployment``, ``robot``, ``settings``, ``changes``; any may be missing.
        namespace: ROS namespace of the robot.
        why: Why it is written.
    """
    deployment = about.get("deployment", "")
    name = namespace.strip("/").replace("/", "-") or deployment or "robot"
    when, robot = time.strftime("%Y%m%d-%H%M%S"), about.get("robot", "")
    return Origin(name, deployment, robot, why, when, about.get("settings", ""), about.get("changes", ""))


def main(argv: Sequence[str] | None = None) -> int:
    """Writes it.

    Returns:
        0 when it is written, 1 when it cannot be.
    """
    parser = argparse.ArgumentParser(prog="fault_report", description=__doc__)
    parser.add_argument("--namespace", default="", help="ROS namespace of the robot")
    parser.add_argument("--why", required=True, help="what happened")
    parser.add_argument("--part", default="", help="actuated part that it happened to (default: the main one)")
    options = parser.parse_args(argv)
    os.nice(NICE)
    try:
        block = block_path(options.namespace, domain_of(os.environ), os.getuid())
        boxes = boxes_of(block)
        part = options.part if options.part in boxes else ""
        origin = replace(origin_of(options.namespace, os.environ, options.why), part=part)
        journal = read_journal(journal_path(block))
        recordings = read_boxes(boxes, AFTERMATH)
        journal = read_journal(journal_path(block)) or journal
    except FileNotFoundError:
        return _of_last_run(options.namespace, options.why)  # the stack ended meanwhile
    except (SkillStackError, OSError) as error:
        print(f"no report: {error}", file=sys.stderr)
        return 1
    return _write(origin, recordings, journal)


def _write(origin: Origin, recordings: Recordings, journal: Sequence[Entry]) -> int:
    resources = Resources.from_environment(os.environ)
    folder = resources.writable_folder("reports")
    origin = replace(origin, robot=origin.robot or recordings[MAIN].robot)
    write_report(folder / f"{origin.when}-{origin.name}{AUTOMATIC}", resources, origin, recordings, journal)
    keep_newest(folder)
    return 0


def _of_last_run(namespace: str, why: str) -> int:
    """A report from the data kept when the stack ended."""
    found = last_run(Resources.from_environment(os.environ), namespace)
    if found is None:
        print("no report: the stack left no black box", file=sys.stderr)
        return 1
    about, recordings, journal = found
    return _write(origin_from(about, namespace, why), recordings, journal)


def last_run(resources: Resources, namespace: str) -> tuple[dict[str, str], Recordings, tuple[Entry, ...]] | None:
    """Data kept of the last run of a namespace: run file, black boxes and journal; None without one.

    Args:
        resources: Where reports are.
        namespace: ROS namespace; an empty one takes the newest run of any deployment without one.

    Raises:
        DataError: The black box of the main part is of another version.
    """
    kept = resources.writable_folder("reports") / "last"
    name = namespace.strip("/").replace("/", "-")
    folders = [kept / name] if name else [folder for folder in kept.glob("*") if not namespace_of(folder)]
    boxes = [folder / BOX for folder in folders if (folder / BOX).exists()]
    if not boxes:
        return None
    newest = max(boxes, key=lambda box: box.stat().st_mtime)
    return about_run(newest.parent), read_boxes(kept_boxes(newest)), read_journal(newest.with_name(JOURNAL))


def namespace_of(folder: Path) -> str:
    """ROS namespace of a kept run; empty when it is unknown or had none."""
    try:
        found = json.loads(about_run(folder).get("settings", "{}"))
    except ValueError:
        return ""
    return str(found.get("namespace", "")) if isinstance(found, dict) else ""


if __name__ == "__main__":
    sys.exit(main())
