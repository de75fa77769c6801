"""``skill-stack episodes``: what robots did, found, shown, judged."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json
from skill_stack.commands.recordings.catalogue_here import (
    add_folder,
    add_selection,
    checked_here,
    line_of,
    local_now,
    opened,
    person,
    row_of,
    selected,
)
from skill_stack.commands.talk.memory import plain
from skill_stack.language import bases
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.catalogue.question import QuestionReader, question_words
from skill_stack.recording.reading.episode import RecordedTask, seconds
from skill_stack.recording.review.verdicts import VERDICTS, ReviewVerdict, agreements, doubt, give, verdicts


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
    one = add("view", "a list, time line, robot in 3-D, pictures and signals on a page", "view 20260301-101500_go2")
    what = "a file, the folder or name of a run, or the id of an episode (default: the newest)"
    one.add_argument("file", metavar="FILE", nargs="?", default="", help=what)
    one.add_argument("--live", default="", metavar="URL", help="page of the running robot, to be linked")
    one.add_argument("--port", type=int, default=8081, metavar="N", help="port of the page (default: 8081)")
    one.add_argument("--rerun", type=Path, metavar="FILE", help="write a file for Rerun instead, e.g. run.rrd")
    add_folder(one)
    one = add("check", "look for spoilt episodes, and keep what is found", "check --robot go2")
    add_selection(one)
    add_json(one)
    one = add("judge", "a verdict on an episode", "judge 20260301-101500_go2/t3 bad --why 'it slipped' --by Ada")
    one.add_argument("episode", help="its id, or how that ends")
    one.add_argument("verdict", choices=VERDICTS)
    one.add_argument("--why", default="", help="why, in words")
    one.add_argument("--by", default=person(), help="who judges (default: the user of this machine)")
    add_folder(one)
    one = add("queue", "episodes that a person should look at, the most doubtful first", "queue --last 5")
    one.add_argument("--last", type=int, default=10, metavar="N", help="how many (default: 10; 0: all)")
    add_selection(one)
    add_json(one)
    one = add("verdicts", "verdicts, and how far judges agree (Cohen's kappa)", "verdicts --json")
    add_folder(one)
    add_json(one)
    one = add("runs", "recorded runs, with what is wrong with their files", "runs")
    add_folder(one)
    add_json(one)


def run(options: argparse.Namespace) -> int:
    """0 when something was found or done, 1 when not."""
    if options.what == "view":
        from skill_stack.commands.recordings.view import view  # draws in the page and the meshes

        return view(options.file, options.folder, options.port, options.rerun, options.live)
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
    given = verdicts(catalogue).get(one.id, [])
    if options.json:
        events = [
            {"time": seconds(e), "kind": e.kind.value, "text": e.text, "payload": dict(e.payload)} for e in one.events
        ]
        print_json({**row_of(one), "events": events, "verdicts": [_verdict_row(verdict) for verdict in given]})
        return 0
    print(line_of(one))
    if one.reason:
        print(f"  {plain(one.reason)}")
    for step in one.steps:
        times = f"{step.begin - one.begin:7.2f} s +{step.end - step.begin:6.2f} s"
        print(f"  {times} {step.outcome:11} {plain(step.words)} {plain(step.reason)}".rstrip())
    for event in one.events:
        if event.kind not in ("step_started", "step_ended", "plan", "verdict"):
            print(f"  {seconds(event) - one.begin:7.2f} s  {event.kind.value}: {plain(event.text)}")
    for verdict in given:
        print(f"  verdict by {plain(verdict.by)}: {verdict.verdict} {plain(verdict.why)}".rstrip())
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


def _check(catalogue: Catalogue, options: argparse.Namespace) -> int:
    found = checked_here(catalogue, selected(catalogue, options))
    spoilt = {name: some for name, some in found.items() if some}
    if options.json:
        print_json({"episodes": len(found), "spoilt": {
            name: [{"check": one.check, "text": one.text, "time": one.time} for one in some]
            for name, some in spoilt.items()
        }})  # fmt: skip
        return 0
    for name, some in spoilt.items():
        print(f"{name}: {'; '.join(f'{one.check}: {plain(one.text)}' for one in some)}")
    note(f"{len(spoilt)} of {len(found)} episodes may be spoilt; 'skill-stack episodes judge' has the last word")
    return 0


def _judge(catalogue: Catalogue, options: argparse.Namespace) -> int:
    one = catalogue.episode(options.episode)
    give(catalogue, ReviewVerdict(one.id, options.by, options.verdict, options.why, time.time()))
    note(f"{one.id}: {options.verdict}, by {options.by}")
    return 0


def _queue(catalogue: Catalogue, options: argparse.Namespace) -> int:
    episodes = selected(catalogue, options)
    found, given = checked_here(catalogue, episodes), verdicts(catalogue)
    scored = [(doubt(one, given.get(one.id, ()), found[one.id]), one) for one in episodes]
    doubtful = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])[: options.last or None]
    if options.json:
        print_json({"episodes": [{**row_of(one), "doubt": score} for score, one in doubtful]})
        return 0
    for score, one in doubtful:
        said = [f"{verdict.by}: {verdict.verdict}" for verdict in given.get(one.id, ())]
        why = "; ".join([*(finding.text for finding in found[one.id]), *said])
        print(f"{score:4.1f} {line_of(one)} {plain(why)}".rstrip())
    if not doubtful:
        note("nothing is in doubt")
    return 0 if doubtful else 1


def _verdicts(catalogue: Catalogue, options: argparse.Namespace) -> int:
    given = verdicts(catalogue)
    pairs = agreements(given)
    if options.json:
        rows = [_verdict_row(one) for some in given.values() for one in some]
        agreed = [{"first": a, "second": b, "episodes": count, "kappa": k} for a, b, count, k in pairs]
        print_json({"verdicts": rows, "agreement": agreed})
        return 0
    for some in given.values():
        for one in some:
            print(f"{one.episode} {one.verdict:8} {plain(one.by)}: {plain(one.why)}")
    for first, second, count, value in pairs:
        print(f"{plain(first)} and {plain(second)}: {count} episodes, kappa {value:.2f}")
    if not given:
        note("nobody has judged anything")
    return 0 if given else 1


def _verdict_row(one: ReviewVerdict) -> dict[str, str | float]:
    return {"episode": one.episode, "by": one.by, "verdict": one.verdict, "why": one.why, "time": one.time}


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
    "list": _list, "find": _find, "ask": _ask, "show": _show, "check": _check, "judge": _judge, "queue": _queue,
    "verdicts": _verdicts, "runs": _runs,
}  # fmt: skip
