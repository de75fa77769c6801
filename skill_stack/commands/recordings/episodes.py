"""``skill-stack episodes``: what robots did, found, shown, judged."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime

from skill_stack.commands.common import add_json, note, print_json
from skill_stack.commands.recordings.catalogue_here import (
    add_folder,
    add_selection,
    line_of,
    local_now,
    opened,
    row_of,
    selected,
)
from skill_stack.commands.talk.memory import plain
from skill_stack.language import bases
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.catalogue.question import QuestionReader, question_words
from skill_stack.recording.reading.episode import RecordedTask, seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what can be done."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")

    def add(name: str, summary: str, example: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=summary, epilog=f"Example: skill-stack episodes {example}")

    one = add("list", "the newest episodes", "list --skill push --outcome failed")
    one.add_argument("--last", type=int, default=20, metavar="N", help="how many (default: 20; 0: all)")
    add_selection(one)
    add_json(one)
    one = add("find", "episodes in which words were said or done", "find push the box --since 2026-03-01")
    one.add_argument("words", nargs="+", help="words of the instruction, steps, reasons and events")
    one.add_argument("--last", type=int, default=10, metavar="N", help="how many (default: 10; 0: all)")
    add_selection(one)
    add_json(one)
    one = add("ask", "a question about what was done", "ask when did it last push the box")
    one.add_argument("words", nargs="+", help="when, how often, how long, why, what …")
    add_folder(one)
    add_json(one)
    one = add("show", "one episode with its steps and events", "show 20260301-101500_go2/t3")
    one.add_argument("episode", help="its id, or how that ends")
    add_folder(one)
    add_json(one)
    one = add("runs", "recorded runs, with what is wrong with their files", "runs")
    add_folder(one)
    add_json(one)


def run(options: argparse.Namespace) -> int:
    """0 when something was found or done, 1 when not."""
    with opened(options.folder) as catalogue:
        return _VERBS[options.what](catalogue, options)


def _list(catalogue: Catalogue, options: argparse.Namespace) -> int:
    found = selected(catalogue, options)
    return _listed(found[-options.last :] if options.last else found, options.json)


def _find(catalogue: Catalogue, options: argparse.Namespace) -> int:
    there = {one.id: one for one in selected(catalogue, options)}
    reader = QuestionReader(question_words(), bases)
    words = reader.read(" ".join(options.words), local_now()).words or tuple(options.words)
    places, exact = reader.find(catalogue, words)
    found = list(dict.fromkeys(one.episode for one in places if one.episode in there))
    if found and not exact:
        note("no episode has all of these words; the nearest:")
    return _listed([there[one] for one in found[: options.last or None]], options.json)


def _ask(catalogue: Catalogue, options: argparse.Namespace) -> int:
    answer = QuestionReader(question_words(), bases).answer(catalogue, " ".join(options.words), local_now())
    if options.json:
        kind, words = answer.question.kind, list(answer.question.words)
        print_json({"answer": answer.text, "kind": kind, "words": words, "number": answer.number,
                    "exact": answer.exact, "episodes": [one.id for one in answer.episodes]})  # fmt: skip
    else:
        print("\n".join(map(plain, answer.text.splitlines())))
    return 0 if answer.episodes or answer.number is not None else 1


def _show(catalogue: Catalogue, options: argparse.Namespace) -> int:
    one = catalogue.episode(options.episode)
    if options.json:
        events = [
            {"time": seconds(e), "kind": e.kind.value, "text": e.text, "payload": dict(e.payload)} for e in one.events
        ]
        print_json({**row_of(one), "events": events})
        return 0
    print(line_of(one))
    if one.reason:
        print(f"  {plain(one.reason)}")
    for step in one.steps:
        times = f"{step.begin - one.begin:7.2f} s +{step.end - step.begin:6.2f} s"
        print(f"  {times} {step.outcome:11} {plain(step.words)} {plain(step.reason)}".rstrip())
    for event in one.events:
        if event.kind not in ("step_started", "step_ended", "plan"):
            print(f"  {seconds(event) - one.begin:7.2f} s  {event.kind.value}: {plain(event.text)}")
    return 0


def _runs(catalogue: Catalogue, options: argparse.Namespace) -> int:
    found = catalogue.runs()
    if options.json:
        print_json({"runs": [
            {"name": one.name, "path": str(one.path), "bytes": one.size, "robot": one.robot, "begin": one.begin,
             "end": one.end, "whole": one.whole, "problem": one.problem} for one in found
        ]})  # fmt: skip
        return 0
    for one in found:
        when = datetime.fromtimestamp(one.begin).strftime("%Y-%m-%d %H:%M:%S")
        state = one.problem or ("" if one.whole else "was not ended in order; all that is in it can be read")
        print(f"{when} {one.end - one.begin:8.1f} s {one.size / 1e6:8.1f} MB {one.robot:8} {one.name} {state}".rstrip())
    if not found:
        note(f"there are no recordings in {catalogue.folder}")
    return 0 if found else 1


def _listed(found: tuple[RecordedTask, ...] | list[RecordedTask], as_json: bool) -> int:
    if as_json:
        print_json({"episodes": [row_of(one) for one in found]})
        return 0
    for one in found:
        print(line_of(one))
    if not found:
        note("there is no such episode")
    return 0 if found else 1


_VERBS: dict[str, Callable[[Catalogue, argparse.Namespace], int]] = {
    "list": _list, "find": _find, "ask": _ask, "show": _show, "runs": _runs,
}  # fmt: skip
