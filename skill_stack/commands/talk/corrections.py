"""``skill-stack corrections``: stored corrections and the preferences derived from them: list, export and delete."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog, CorrectionRecord
from skill_stack.planner.dialogue.records.places import CORRECTIONS, FOLDER
from skill_stack.planner.dialogue.records.preferences import Preference, preferences


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("action", choices=["list", "export", "delete"], help="what to do with them")
    parser.add_argument("what", nargs="*", help="for delete: numbers, preferences such as go_to.pace, or 'all'")
    parser.add_argument("--robot", default="", help="only those of one robot")
    parser.add_argument("--into", type=Path, help="for export: file of training pairs, one JSON object a line")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when it was done; raises DataError when the log cannot be used or something is unknown."""
    found = resources()
    log = CorrectionLog(found.writable_folder(FOLDER) / CORRECTIONS)
    records = log.records(options.robot)
    known = _preferences(found, records)
    if options.action == "export":
        return _export(records, options)
    if options.action == "delete":
        number = log.delete(_numbers(options.what, records, known))
        print_json({"deleted": number}) if options.json else print(f"deleted: {number}")
        return 0
    if options.json:
        print_json(
            {
                "corrections": [record.to_json() for record in records],
                "preferences": [
                    {"name": one.name, "robot": robot, "value": one.value, "usual": one.usual, "because": one.because}
                    for robot, one in known
                ],
            }
        )
        return 0
    _print(records, known)
    return 0


def _preferences(found: Resources, records: tuple[CorrectionRecord, ...]) -> list[tuple[str, Preference]]:
    """Preferences of each robot; robots that no longer exist have none."""
    out: list[tuple[str, Preference]] = []
    for robot in sorted({record.robot for record in records}):
        try:
            library = load_library(found, load_robot(found.robot(robot), found))
        except SkillStackError:
            continue
        out += [(robot, one) for one in preferences((r for r in records if r.robot == robot), library)]
    return out


def _export(records: tuple[CorrectionRecord, ...], options: argparse.Namespace) -> int:
    """Writes training pairs of what took effect."""
    lines = [json.dumps(record.pair(), ensure_ascii=False) for record in records if record.taken]
    if options.into is None:
        print("\n".join(lines))
        return 0
    try:
        options.into.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise DataError(f"the pairs cannot be written: {error}") from error
    note(f"wrote {len(lines)} pairs to {options.into}")
    return 0


def _numbers(
    what: list[str], records: tuple[CorrectionRecord, ...], known: list[tuple[str, Preference]]
) -> set[int]:
    """Numbers of the records that are meant.

    Raises:
        DataError: Nothing was named, or something that there is not.
    """
    if not what:
        raise DataError("name what to delete: numbers, a preference such as go_to.pace, or 'all'")
    out: set[int] = set()
    for name in what:
        skill, _, parameter = name.partition(".")
        if name == "all":
            out |= {record.id for record in records}
        elif name.isdigit() and int(name) in {record.id for record in records}:
            out.add(int(name))
        elif mine := {record.id for record in records if record.skill == skill and parameter in record.effect}:
            out |= mine
        else:
            names = ", ".join(sorted({one.name for _, one in known})) or "none"
            raise DataError(f"there is no correction '{name}'; numbers 1 to {len(records)}, preferences: {names}")
    return out


def _print(records: tuple[CorrectionRecord, ...], known: list[tuple[str, Preference]]) -> None:
    for record in records:
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.at))
        effect = ", ".join(f"{name} {_told(a)} → {_told(b)}" for name, (a, b) in record.effect.items()) or record.reason
        print(f"{record.id:5}  {day}  {record.robot} {record.skill}: “{record.words}”  {effect}")
    for robot, one in known:
        print(f"preference {one.name} of {robot}: {one.sentence}, from corrections {', '.join(map(str, one.because))}")
    if not records:
        print("nothing was corrected")


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
