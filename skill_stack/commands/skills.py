"""``skill-stack skills``: skills of a robot with what was measured."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.core.builtin import Control
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.robot import load_robot
from skill_stack.core.skill_library import SkillEntry, load_library
from skill_stack.evaluation.interval import success_interval


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("robot", nargs="?", help="name of the robot (default: all)")
    parser.add_argument("--control", choices=get_args(Control), default="joints", help="who moves the joints")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the robot exists; raises ResourceNotFound when it does not."""
    found = resources()
    robots = [options.robot] if options.robot else [path.name for path in found.list("urdf") if path.is_dir()]
    rows = []
    for name in robots:
        library = load_library(found, load_robot(found.robot(name), found), options.control)
        rows += [_row(name, entry) for entry in library.entries.values()]
    if options.json:
        print_json(rows)
        return 0
    for row in rows:
        measured = row["measured"]
        score = f"{measured['successes']}/{measured['episodes']}" if measured else "not measured"
        print(f"{row['robot']:8} {row['skill']:12} {score:14} {row['description'] or row['reason']}")
        if row["reason"] and row["description"]:
            print(f"{'':22} cannot be used: {row['reason']}")
    return 0


def _row(robot: str, entry: SkillEntry) -> dict[str, Any]:
    return {
        "robot": robot,
        "skill": entry.name,
        "description": entry.spec.description if entry.spec else "",
        "usable": entry.usable,
        "reason": entry.reason,
        "measured": _measured(entry),
    }


def _measured(entry: SkillEntry) -> dict[str, Any] | None:
    """Episodes, successes and interval of the skill's results file, or None when there is none that says so."""
    if entry.spec is None or entry.folder is None or entry.spec.provenance.results is None:
        return None
    try:
        data = read_yaml(entry.folder / entry.spec.provenance.results)
    except DataError:
        return None
    if not isinstance(data, dict):
        return None
    summary = data.get("summary")
    data = {**data, **summary} if isinstance(summary, dict) else data
    episodes, successes = data.get("episodes"), data.get("successes")
    if not isinstance(episodes, int) or not isinstance(successes, int) or not 0 <= successes <= episodes:
        return None
    interval = data.get("interval") or list(success_interval(successes, episodes))
    return {"episodes": episodes, "successes": successes, "interval": interval}
