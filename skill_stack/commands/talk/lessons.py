"""``skill-stack lessons``: learned lessons: list, edit, pin and delete."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.commands.talk.memory import plain
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.planner.memory.lessons import Edit, Lessons, plain_rule, rule_from
from skill_stack.planner.memory.rule import LearntRule
from skill_stack.planner.memory.store import ExperienceStore, store_path
from skill_stack.planner.notations.library_file import read_library

DEFAULT_ROBOT = "go2"
_HEAD = """# Lessons of {robot}. Change, add or remove entries; 'skill-stack lessons import FILE' takes them.
# kind: needs (skill needs condition), useless (condition makes no difference), fails (skill fails where given holds),
# makes (skill brings condition about). strength: hard (the planner keeps to it) or soft (it does where it can).
# $name stands for an argument of the skill, e.g. wiped($object), not holding(robot, *), $speed <= 0.3.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what can be done."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    key = "how 'lessons list' names it, or how that begins"
    helps = {
        "list": ("lessons with their evidence", "lessons list --json"),
        "pin": ("keep a lesson as it is", "lessons pin 'grasp needs wiped($object)'"),
        "delete": ("forget a lesson, and do not learn it again", "lessons delete 'grasp needs lit(room)'"),
        "restore": ("take back pin, deletion or an own lesson", "lessons restore 'grasp needs lit(room)'"),
        "edit": ("change them in $EDITOR", "lessons edit"),
        "export": ("write them as YAML", "lessons export lessons.yaml"),
        "import": ("take what a YAML file says", "lessons import lessons.yaml"),
    }
    for name, (summary, example) in helps.items():
        one = verbs.add_parser(name, help=summary, epilog=f"Example: skill-stack {example}")
        one.add_argument("--robot", default=DEFAULT_ROBOT, help=f"the robot (default: {DEFAULT_ROBOT})")
        one.add_argument("--library", type=Path, metavar="FILE", help="its skills from a file instead")
        add_json(one)
        if name == "list":
            one.add_argument("--hunches", action="store_true", help="also what is only being tried")
        elif name in ("pin", "delete", "restore"):
            one.add_argument("key", help=key)
        elif name == "export":
            one.add_argument("file", nargs="?", type=Path, help="file (default: standard output)")
        elif name == "import":
            one.add_argument("file", type=Path, help="file as 'lessons export' writes it")


def run(options: argparse.Namespace) -> int:
    """0 when it was done; raises UnknownName for a lesson that there is not, DataError for a wrong file."""
    library = _library(options)
    with ExperienceStore(store_path(resources())) as store:
        lessons = Lessons.from_store(store, library)
        if options.what == "list":
            return _list(lessons, options)
        if options.what == "export":
            return _export(lessons, library, options)
        if options.what in ("import", "edit"):
            text = _edited(_text(lessons, library)) if options.what == "edit" else None
            changed = _import(store, lessons, library, options.file if text is None else None, text)
            return _told(options, f"{changed} lesson(s) changed", changed=changed)
        if options.what == "restore":
            key = _edit_key(store, library.robot, options.key)
            store.edit(library.robot, key, None)
            return _told(options, f"{key}: as it is learnt", restored=key)
        rule = lessons.named(options.key)
        state = {"pin": "pinned", "delete": "deleted"}[options.what]
        store.edit(library.robot, rule.key, _edit_of(rule, state))
        return _told(options, f"{rule.key}: {state}", **{state: rule.key})


def _library(options: argparse.Namespace) -> SkillLibrary:
    if options.library is not None:
        return read_library(options.library, options.robot)[0]
    found = resources()
    return load_library(found, load_robot(found.robot(options.robot)))


def _told(options: argparse.Namespace, text: str, **data: Any) -> int:
    if options.json:
        print_json(data)
    else:
        print(plain(text))
    return 0


def _list(lessons: Lessons, options: argparse.Namespace) -> int:
    rules = lessons.rules if options.hunches else lessons.claimed
    if options.json:
        print_json({"lessons": [rule.to_json() for rule in rules]})
        return 0
    for rule in rules:
        low, high = rule.evidence.rate_with
        bare = rule.evidence.rate_without
        pinned = " pinned" if rule.pinned else ""
        print(f"{rule.strength + pinned:11} {plain(str(rule))}")
        print(f"{'':11} success with it {low:.2f}…{high:.2f}, without {bare[0]:.2f}…{bare[1]:.2f}")
    if not rules:
        note("nothing was learnt yet")
    return 0


def _export(lessons: Lessons, library: SkillLibrary, options: argparse.Namespace) -> int:
    text = _text(lessons, library)
    if options.file is None:
        print(text, end="")
        return 0
    try:
        options.file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{options.file}: cannot be written: {error}") from error
    return _told(options, f"{len(lessons.claimed)} lesson(s) written to {options.file}", written=str(options.file))


def _text(lessons: Lessons, library: SkillLibrary) -> str:
    rows = [{**plain_rule(rule), **({"pinned": True} if rule.pinned else {})} for rule in lessons.claimed]
    body = yaml.safe_dump({"robot": library.robot, "lessons": rows}, sort_keys=False, allow_unicode=True)
    return _HEAD.format(robot=library.robot) + body


def _import(
    store: ExperienceStore, lessons: Lessons, library: SkillLibrary, file: Path | None, text: str | None
) -> int:
    """Imports a file of lessons: new and changed ones are the person's own, missing ones are deleted."""
    data = read_yaml(file) if file is not None else _parsed(text or "")
    wanted = _wanted(data, library, str(file or "text"))
    known = {rule.key: rule for rule in lessons.claimed}
    changed = 0
    for key, rule in known.items():
        if key not in wanted:
            store.edit(library.robot, key, _edit_of(rule, "deleted"))
            changed += 1
    for key, (rule, pinned) in wanted.items():
        old = known.get(key)
        if old is None or plain_rule(old) != plain_rule(rule):
            store.edit(library.robot, key, _edit_of(rule, "written"))
        elif pinned and not old.pinned:
            store.edit(library.robot, key, _edit_of(old, "pinned"))
        elif old.pinned and not pinned and old.origin == "learnt":
            store.edit(library.robot, key, None)
        else:
            continue
        changed += 1
    return changed


def _wanted(data: Any, library: SkillLibrary, origin: str) -> dict[str, tuple[LearntRule, bool]]:
    """The lessons of a file by key, and whether they are pinned; raises DataError or UnknownName for a wrong file."""
    if not isinstance(data, dict) or not isinstance(data.get("lessons"), list):
        raise DataError(f"{origin}: needs 'lessons', a list; see skill-stack lessons export")
    if data.get("robot", library.robot) != library.robot:
        raise DataError(f"{origin}: these are lessons of {data['robot']}, not of {library.robot}")
    wanted = {}
    for item in data["lessons"]:
        rule = rule_from(item)
        library[rule.skill]  # raises for a skill that there is not
        wanted[rule.key] = (rule, bool(item.get("pinned")))
    return wanted


def _edit_of(rule: LearntRule, state: str) -> dict[str, Any]:
    return {**Edit(state, plain_rule(rule)).to_json(), "evidence": asdict(rule.evidence)}


def _edit_key(store: ExperienceStore, robot: str, key: str) -> str:
    """The key of an edit that begins so."""
    found = [one for one in store.edits(robot) if one == key] or [o for o in store.edits(robot) if o.startswith(key)]
    if len(found) != 1:
        there = ", ".join(store.edits(robot)) or "none"
        raise DataError(f"nothing was said about '{key}'. Pinned, deleted or written are: {there}")
    return found[0]


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DataError(f"this is not YAML: {error}") from error


def _edited(text: str) -> str:
    """The text after a person's editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise DataError("no editor is set; EDITOR=nano skill-stack lessons edit works, or export and import a file")
    with tempfile.TemporaryDirectory(prefix="skill-stack-lessons-") as folder:
        path = Path(folder) / "lessons.yaml"
        path.write_text(text, encoding="utf-8")
        code = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
        if code:
            raise DataError(f"the editor ended with {code}; nothing was changed")
        return path.read_text(encoding="utf-8")
