"""``skill-stack memory``: task records: list, search, export and delete."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.language import LearntPhrase, LearntPhrases
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.similarity import similar
from skill_stack.planner.memory.store import ExperienceStore, store_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what can be done."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = verbs.add_parser("list", help="the newest tasks", epilog="Example: skill-stack memory list --last 20")
    one.add_argument("--last", type=int, default=10, metavar="N", help="how many (default: 10; 0: all)")
    _common(one)
    one = verbs.add_parser("show", help="all that is kept of a task", epilog="Example: skill-stack memory show 12")
    one.add_argument("id", type=int, help="number of the task")
    add_json(one)
    one = verbs.add_parser("search", help="tasks like some words", epilog="Example: skill-stack memory search red ball")
    one.add_argument("words", nargs="+", help="a task, or words of it")
    one.add_argument("--last", type=int, default=5, metavar="N", help="how many (default: 5)")
    _common(one)
    one = verbs.add_parser("delete", help="delete for good", epilog="Example: skill-stack memory delete 12 13")
    one.add_argument("id", type=int, nargs="*", help="numbers of tasks")
    one.add_argument("--all", action="store_true", help="every task (of the robot, with --robot)")
    _common(one)
    one = verbs.add_parser(
        "export", help="one JSON object per task and line", epilog="Example: skill-stack memory export tasks.jsonl"
    )
    one.add_argument("file", nargs="?", type=Path, help="file (default: standard output)")
    one.add_argument("--robot", default="", help="only of this robot")
    one = verbs.add_parser(
        "phrases", help="wordings that people confirmed", epilog="Example: skill-stack memory phrases --delete 2 3"
    )
    one.add_argument("--delete", nargs="+", default=[], metavar="N", help="numbers of phrases, or 'all'")
    _common(one)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--robot", default="", help="only of this robot")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when something was shown or done, 1 when there was nothing; raises DataError for a wrong number."""
    if options.what == "phrases":
        return _phrases(LearntPhrases.of_user(resources()), options)
    with ExperienceStore(store_path(resources())) as store:
        if options.what == "delete":
            return _delete(store, options)
        if options.what == "export":
            return _export(store, options)
        if options.what == "show":
            found = store.get(options.id)
            if options.json:
                print_json(found.to_json())
            else:
                print("\n".join(_lines(found)))
            return 0
        if options.what == "search":
            words = " ".join(options.words)
            scored = similar(store.all(options.robot), words, most=max(options.last, 1))
        else:
            scored = [(1.0, one) for one in reversed(store.all(options.robot, options.last or None))]
        return _listed(scored, options.json, options.what == "search")


def _listed(scored: list[tuple[float, Experience]], as_json: bool, with_score: bool) -> int:
    if as_json:
        rows = [{**_row(one), **({"similarity": round(score, 4)} if with_score else {})} for score, one in scored]
        print_json({"tasks": rows})
        return 0
    for score, one in scored:
        told = f"{score:5.2f} " if with_score else ""
        print(f"{told}{one.id:5} {_when(one)} {plain(one.robot):8} {one.outcome:11} {plain(one.words)[:70]}")
    if not scored:
        note("nothing is remembered" if not with_score else "nothing like that is remembered")
    return 0 if scored else 1


def _row(one: Experience) -> dict[str, object]:
    return {"id": one.id, "time": one.time, "robot": one.robot, "words": one.words, "outcome": one.outcome,
            "seconds": one.seconds, "explanation": one.explanation,
            "steps": [{"skill": step.skill, "outcome": step.outcome} for step in one.steps]}  # fmt: skip


def _delete(store: ExperienceStore, options: argparse.Namespace) -> int:
    if bool(options.id) == options.all:
        raise DataError("give either numbers, for example skill-stack memory delete 12, or --all")
    if options.id:
        for number in options.id:
            store.get(number)  # a wrong number is told before anything is deleted
    gone = store.clear(options.robot) if options.all else store.delete(options.id)
    if options.json:
        print_json({"deleted": gone})
    else:
        print(f"{gone} task(s) deleted; what was learnt from them alone is forgotten with them")
    return 0


def _phrases(store: LearntPhrases, options: argparse.Namespace) -> int:
    """Lists or deletes learnt phrases; their numbers are places in the file."""
    known = {number: one for number, one in enumerate(store.all(), 1) if options.robot in ("", one.robot)}
    if options.delete:
        gone = store.forget(_chosen(known, options.delete))
        print_json({"deleted": gone}) if options.json else print(f"{gone} phrase(s) deleted")
        return 0
    if options.json:
        rows = [{"number": number, **one.model_dump(mode="json")} for number, one in known.items()]
        print_json({"phrases": rows, "file": str(store.path)})
        return 0
    for number, one in known.items():
        fixed = "".join(f", {name}={value}" for name, value in one.arguments.items())
        skill = plain(one.skill + fixed)
        print(f"{number:5} {one.learnt or '':10} {plain(one.robot):8} {skill:20} {plain(one.phrase)}")
    note(f"in {store.path}" if known else "no phrase was learnt")
    return 0 if known else 1


def _chosen(known: dict[int, LearntPhrase], asked: list[str]) -> list[LearntPhrase]:
    """The phrases whose numbers were named, or all."""
    named = [one for one in asked if one != "all"]
    strange = [one for one in named if not one.isdecimal() or int(one) not in known]
    if strange or (named and named != asked):
        listed = ", ".join(map(str, known)) or "none"
        raise DataError(f"name numbers of phrases ({listed}), or 'all'; not '{' '.join(asked)}'")
    return [known[int(one)] for one in named] if named else list(known.values())


def _export(store: ExperienceStore, options: argparse.Namespace) -> int:
    found = store.all(options.robot)
    lines = "".join(json.dumps(one.to_json(), ensure_ascii=False) + "\n" for one in found)
    if options.file is None:
        sys.stdout.write(lines)
    else:
        try:
            options.file.write_text(lines, encoding="utf-8")
        except OSError as error:
            raise DataError(f"{options.file}: cannot be written: {error}") from error
        note(f"{len(found)} task(s) written to {options.file}")
    return 0


def _lines(one: Experience) -> Iterable[str]:
    """All that is kept of a task, for people."""
    yield f"{one.id}: {plain(one.words)}"
    yield f"  {one.outcome} on {plain(one.robot)} at {_when(one)}, {one.seconds:.1f} s: {plain(one.explanation)}"
    for step in one.steps:
        arguments = ", ".join(f"{name}={value}" for name, value in step.arguments.items())
        done = f"{step.skill} ({plain(arguments)})"
        yield f"  {step.outcome:11} {done} {step.seconds:.1f} s {plain(step.reason)}".rstrip()
        if step.why:
            yield f"              because {plain(step.why)}"
    yield f"  things: {', '.join(f'{thing.id} ({plain(thing.kind)})' for thing in one.things)}"
    yield f"  facts before: {', '.join(map(plain, one.facts))}"


def _when(one: Experience) -> str:
    try:
        return datetime.fromtimestamp(one.time).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "at no time     "


def plain(text: str) -> str:
    """Text without control sequences for a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
