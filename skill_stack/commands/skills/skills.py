"""``skill-stack skills``: skills of a robot with measured figures, and figures of its own runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import quarantine
from skill_stack.core.skills.builtin import Control
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.skills.skill_results import OtherBody, descriptors_of, measured_on, read_results
from skill_stack.evaluation.interval import counts, success_interval

if TYPE_CHECKING:
    from skill_stack.commands.measure.measured_version import VersionsNow
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
        from skill_stack.commands.skills.skills_page import write_page

        return write_page(options.page, options.robot or "", found, not options.no_pictures)
    from skill_stack.commands.measure.measured_version import VersionsNow

    rows, versions = [], VersionsNow(found)
    for name in robots:
        library = load_library(found, load_robot(found.robot(name), found), options.control)
        record = track_record(library, _runs(found, library.body))
        rows += [_row(library, entry, record, versions) for entry in library.entries.values()]
        if not library.entries and (options.robot or not options.json):
            note(_no_skills(name))
    if options.json:
        print_json(rows)
    else:
        _show(rows, options.regions)
    return 0


def robots_named(found: Resources, name: str) -> list[str]:
    """The robot of a name, or else all whose names have it as a word: ``allegro`` is both hands and what carries one.

    Args:
        found: Where robots are.
        name: The requested name; empty for all.
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
    with RunStore(path) as store:
        return store.ended(robot)


def _merged(found: Resources, other: Path) -> str:
    """Merges the runs of another file; reports how many."""
    from skill_stack.connector.statistics.store import RunStore, store_path

    with RunStore(other, existing=True) as source:
        runs = source.ended()
    with RunStore(store_path(found)) as store:
        new = store.merge(runs)
    return f"took {new} of {len(runs)} runs of {other}; the others were known"


def _no_skills(robot: str) -> str:
    """What to do about a robot without skills."""
    return (
        f"robot '{robot}' has no skills yet: import a policy (skill-stack import POLICY --robot {robot}), follow a "
        f"clip (skill-stack clip FILE {robot} --skill NAME), or write models/{robot}/NAME/skill.yaml: docs/skills.md"
    )


def _row(library: SkillLibrary, entry: SkillEntry, record: TrackRecord, versions: VersionsNow) -> dict[str, Any]:
    spec, (measured, unmeasured) = entry.spec, _measured(library, entry, versions)
    known = record.descriptor(entry.name)
    asked = spec.realises or entry.name if spec else entry.name
    return {
        "robot": library.robot,
        "body": library.body,
        "skill": entry.name,
        "description": spec.description if spec else "",
        "usable": entry.usable,
        "reason": entry.reason,
        "quarantine": quarantine(entry.folder) if entry.folder else "",
        "realises": spec.realises if spec else None,
        "feedback": _feedback(library, entry.name),
        "measured": measured,
        "unmeasured": unmeasured,
        "descriptors": _descriptors(library, entry.name),
        "learned": known.to_json(record.requests(asked)) if known.runs else None,
    }


def _show(rows: list[dict[str, Any]], regions: bool) -> None:
    """The table, for people."""
    widths = [max((len(row[key]) for row in rows), default=0) for key in ("robot", "skill")]
    for row in rows:
        _print(row, regions, widths)
    if any(row["measured"] and row["measured"]["current"] is False for row in rows):
        note("† measured with an earlier version of robot, skills or worlds; skill-stack eval measures it again")


def _print(row: dict[str, Any], regions: bool, widths: Sequence[int]) -> None:
    measured, learned = row["measured"], row["learned"]
    score = row["unmeasured"]
    if measured:
        short = "" if measured["counts"] else " *"  # does not count, see docs/skills/criteria.md
        score = f"{measured['successes']}/{measured['episodes']}{short}{' †' * (measured['current'] is False)}"
    refused = score.startswith(REFUSED)
    shown = REFUSED if refused else score
    print(f"{row['robot']:{widths[0]}} {row['skill']:{widths[1]}} {shown:24} {row['description'] or row['reason']}")
    if refused:
        print(f"{'':22} {score}")
    for text in (f"cannot be used: {row['reason']}" * bool(row["reason"] and row["description"]), row["quarantine"]):
        print(f"{'':22} {text}\n" * bool(text), end="")
    _print_descriptors(row["descriptors"])
    if learned is None:
        return
    costs = [f"{one['mean']:.3g} {one['unit']} {name}" for name, one in learned["measured"].items()]
    time = [f"{learned['seconds']:.1f} s"] if learned["seconds"] is not None else []
    print(f"{'':22} {learned['runs']} run{'s' * (learned['runs'] != 1)}: {'; '.join([_share(learned), *time, *costs])}")
    for cell in learned["cells"] if regions else ():
        where = " | ".join(part for part in (cell["region"], cell["context"]) if part) or "anywhere"
        print(f"{'':24} {_share(cell)}  {where}")


def _print_descriptors(known: dict[str, Any] | str | None) -> None:
    """A line for each choice of a skill, or why there is none."""
    if isinstance(known, str):
        print(f"{'':22} {known}")
    elif known is not None:
        for name, row in known["rows"].items():
            told = (f"{column} {value:g} {known['units'][column]}".removesuffix(" 1") for column, value in row.items())
            print(f"{'':24} {name}: {', '.join(told)}")


def _share(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    return f"success {row['success']:.2f} ({low:.2f} to {high:.2f})"


REFUSED = "results refused"
NOT_HERE = "not measured on this body"
"""Text for a skill with figures of other bodies only."""


def _measured(library: SkillLibrary, entry: SkillEntry, versions: VersionsNow) -> tuple[dict[str, Any] | None, str]:
    """Episodes, successes and interval of what was measured on this body, as the page has them, or why there is none.

    An alternative of another skill need not name its results: the connector then begins with the statistics of runs.
    """
    if entry.folder is None:
        return None, "not measured"
    try:
        results = read_results(entry.folder, library.body)
    except OtherBody:
        return None, NOT_HERE
    except DataError as error:
        return None, f"{REFUSED}: {error}"
    if not results:
        return None, NOT_HERE if measured_on(entry.folder) else "not measured"
    episodes, successes = results["episodes"], results["successes"]
    interval = results.get("interval") or list(success_interval(successes, episodes))
    return {
        "episodes": episodes, "successes": successes, "interval": interval, "counts": counts(successes, episodes),
        "body": results["body"], "commit": results["commit"], "seeds": results["seeds"],
        "current": versions.agrees(results),
    }, ""  # fmt: skip


def _descriptors(library: SkillLibrary, name: str) -> dict[str, Any] | str | None:
    """What was measured of each choice that a skill offers, or why it cannot be told; None where it states none."""
    try:
        known = descriptors_of(library, name)
    except DataError as error:
        return f"descriptors refused: {error}"
    return None if known is None else asdict(known)


def _feedback(library: SkillLibrary, name: str) -> list[str] | None:
    """Skills whose feedback policies drive a skill; None where a network does not state its inputs."""
    from skill_stack.controllers.runners.feedback_skills import feedback_policies

    try:
        return list(feedback_policies(library, name))
    except DataError:
        return None
