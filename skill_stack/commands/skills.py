"""``skill-stack skills``: skills of a robot with what was measured, and what its own runs say."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.builtin import Control
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.skill_library import SkillEntry, load_library
from skill_stack.core.skill_results import results_of
from skill_stack.evaluation.interval import counts, success_interval
from skill_stack.evaluation.measured import read_results

if TYPE_CHECKING:
    from skill_stack.connector.selection.track_record import TrackRecord
    from skill_stack.connector.statistics.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("robot", nargs="?", help="name of the robot, or a word of several, e.g. allegro (default: all)")
    parser.add_argument("--control", choices=get_args(Control), default="joints", help="who moves the joints")
    parser.add_argument(
        "--merge", type=Path, metavar="FILE", help="first take the runs that another robot's stack wrote (runs.sqlite)"
    )
    parser.add_argument("--regions", action="store_true", help="also show success by region of the goal and context")
    parser.add_argument("--page", type=Path, metavar="FILE.md", help="write a page with figures and pictures of each")
    parser.add_argument("--no-pictures", action="store_true", help="with --page: leave the pictures as they are")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the robot exists; raises ResourceNotFound when it does not, StoreError when runs cannot be read."""
    from skill_stack.connector.selection.known import track_record

    found = resources()
    if options.merge is not None:
        note(_merged(found, options.merge))
    robots = robots_named(found, options.robot or "")
    if options.page is not None:
        from skill_stack.commands.skills_page import write_page

        return write_page(options.page, options.robot or "", found, not options.no_pictures)
    rows = []
    for name in robots:
        library = load_library(found, load_robot(found.robot(name), found), options.control)
        record = track_record(library, _runs(found, name))
        rows += [_row(name, entry, record) for entry in library.entries.values()]
    if options.json:
        print_json(rows)
        return 0
    for row in rows:
        _print(row, options.regions)
    return 0


def robots_named(found: Resources, name: str) -> list[str]:
    """The robot of a name, or else all whose names have it as a word: ``allegro`` is both hands and what carries one.

    Args:
        found: Where robots are.
        name: What was asked for; empty for all.
    """
    there = [path.name for path in found.list("urdf") if path.is_dir()]
    words = [robot for robot in there if name in robot.split("_")]
    return there if not name else [name] if name in there or not words else words


def _runs(found: Resources, robot: str) -> tuple[Run, ...]:
    """Runs that are known of a robot."""
    from skill_stack.connector.statistics.store import RunStore, store_path

    path = store_path(found)
    if not path.is_file():
        return ()
    with RunStore(path, existing=True) as store:
        return store.ended(robot)


def _merged(found: Resources, other: Path) -> str:
    """Takes the runs of another file; says how many."""
    from skill_stack.connector.statistics.store import RunStore, store_path

    with RunStore(other, existing=True) as source:
        runs = source.ended()
    with RunStore(store_path(found)) as store:
        new = store.merge(runs)
    return f"took {new} of {len(runs)} runs of {other}; the others were known"


def _row(robot: str, entry: SkillEntry, record: TrackRecord) -> dict[str, Any]:
    spec = entry.spec
    known = record.descriptor(entry.name)
    asked = spec.realises or entry.name if spec else entry.name
    return {
        "robot": robot,
        "skill": entry.name,
        "description": spec.description if spec else "",
        "usable": entry.usable,
        "reason": entry.reason,
        "realises": spec.realises if spec else None,
        "measured": _measured(entry),
        "learned": known.to_json(record.requests(asked)) if known.runs else None,
    }


def _print(row: dict[str, Any], regions: bool) -> None:
    measured, learned = row["measured"], row["learned"]
    short = "" if measured and measured["counts"] else " *"  # does not count, see docs/skills/criteria.md
    score = f"{measured['successes']}/{measured['episodes']}{short}" if measured else "not measured"
    print(f"{row['robot']:8} {row['skill']:12} {score:14} {row['description'] or row['reason']}")
    if row["reason"] and row["description"]:
        print(f"{'':22} cannot be used: {row['reason']}")
    if learned is None:
        return
    costs = [f"{one['mean']:.3g} {one['unit']} {name}" for name, one in learned["measured"].items()]
    time = [f"{learned['seconds']:.1f} s"] if learned["seconds"] is not None else []
    print(f"{'':22} {learned['runs']} run{'s' * (learned['runs'] != 1)}: {'; '.join([_share(learned), *time, *costs])}")
    for cell in learned["cells"] if regions else ():
        where = " | ".join(part for part in (cell["region"], cell["context"]) if part) or "anywhere"
        print(f"{'':24} {_share(cell)}  {where}")


def _share(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    return f"success {row['success']:.2f} ({low:.2f} to {high:.2f})"


def _measured(entry: SkillEntry) -> dict[str, Any] | None:
    """Episodes, successes and interval of what was measured, as the page has them; None when nothing was.

    A way of doing another skill need not name its results: the connector then begins by what runs say.
    """
    results = results_of(entry) or _beside(entry)
    if "episodes" not in results or "successes" not in results:
        return None
    episodes, successes = results["episodes"], results["successes"]
    interval = results.get("interval") or list(success_interval(successes, episodes))
    return {
        "episodes": episodes, "successes": successes, "interval": interval, "counts": counts(successes, episodes)
    }  # fmt: skip


def _beside(entry: SkillEntry) -> dict[str, Any]:
    try:
        return read_results(entry.folder) if entry.folder is not None else {}
    except DataError:
        return {}
