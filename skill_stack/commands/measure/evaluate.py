"""``skill-stack eval``: runs a suite of scenarios, in one process or through all nodes, and counts successes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.arguments import INTERRUPTED, number
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.episode import Episode, EpisodeRunner
from skill_stack.evaluation.episode_log import EpisodeLog
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import measured_results
from skill_stack.evaluation.progress import EVERY, QUICKLY, Progress
from skill_stack.evaluation.suite import Suite, load_suite, seeds_of
from skill_stack.evaluation.suite_run import SuiteResult, jobs_of, run_suite


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    names = "name or file of the suite, e.g. go2, sit_down, talk or perception"
    parser.add_argument("suite", nargs="?", default="", help=names)
    parser.add_argument("--seeds", help="seeds of the worlds, e.g. 1-20 or 3,7 (default: those of the suite)")
    told = "this task alone; may be given several times; errands: --task list names its parts"
    parser.add_argument("--task", action="append", default=[], help=told)
    parser.add_argument("--through", choices=["line", "nodes"], help="one process, or every process of a deployment")
    parser.add_argument("--speed", choices=["real", "max"], help="through the nodes: real time, or as fast as it goes")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: one for each core)")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="folder of skills: writes their results.json")
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="writes report.md, .html and .json there")
    versions = "a folder that has models/, a git revision, or a report.json"
    parser.add_argument("--against", metavar="VERSION", help=f"compare with other skills on the same seeds: {versions}")
    parser.add_argument(
        "--blind", action="store_true", help="tries tasks (or with --against versions) under letters, in random order"
    )
    parser.add_argument("--order", type=int, default=1, metavar="SEED", help="blind: seed of letters and order")
    parser.add_argument("--difference", type=share, default=0.2, help="blind: of success rates, to be found")
    parser.add_argument("--discordant", type=share, default=0.3, help="blind: share of worlds in which two differ")
    parser.add_argument("--power", type=share, default=0.8, help="blind: chance of finding that difference")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A.json", "B.json"), help="compare two reports")
    parser.add_argument("--dataset", type=Path, metavar="DIR", help="perception: recorded looks to score as well")
    add_json(parser)


def share(text: str) -> float:
    """Reads a share between 0 and 1; raises ArgumentTypeError for anything else."""
    found = number(text)
    if not 0.0 < found <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not a share between 0 and 1")
    return found


def run(options: argparse.Namespace) -> int:
    """0 when every episode passed (compared: when nothing got worse); raises SkillStackError when nothing can run."""
    from skill_stack.commands.measure import (
        evaluate_any_shape,
        evaluate_bodies,
        evaluate_choice,
        evaluate_coarse,
        evaluate_coarse_line,
        evaluate_compare,
        evaluate_connector,
        evaluate_drawn,
        evaluate_errands,
        evaluate_hand,
        evaluate_perception,
        evaluate_picking,
        evaluate_practice,
        evaluate_rewards,
        evaluate_verbs,
    )

    if options.compare:
        return evaluate_compare.reports(options.compare[0], options.compare[1], options.json)
    found = resources()
    file = suite_file(found, options.suite)
    content = read_yaml(file)
    ways = (
        evaluate_any_shape, evaluate_bodies, evaluate_choice, evaluate_coarse, evaluate_coarse_line, evaluate_connector,
        evaluate_hand, evaluate_perception, evaluate_picking, evaluate_practice, evaluate_rewards,
        evaluate_verbs,
    )  # fmt: skip
    others: dict[str, Callable[..., int]] = {one.THROUGH: one.run for one in ways}
    others |= dict.fromkeys(evaluate_drawn.THROUGH, evaluate_drawn.run)
    others[evaluate_errands.THROUGH] = partial(evaluate_errands.run, measure=run)
    other = others.get(str(content.get("through"))) if isinstance(content, dict) else None
    if other is not None:
        return other(file, seeds_of(options.seeds) if options.seeds else (), options, found)
    suite = load_suite(file)
    if options.blind:
        from skill_stack.commands.measure import evaluate_blind

        return evaluate_blind.run(suite, options, found)
    if options.against:
        return evaluate_compare.against(suite, options.against, found, options)
    try:
        result = measured(suite, options, found)
    except KeyboardInterrupt:
        note("ended; what is measured is kept, and the same command goes on from there")
        return INTERRUPTED
    if options.into is not None:
        save_results(options.into, suite, result, found)
    data = result.to_json()
    if options.report is not None:
        from skill_stack.commands.measure.evaluate_report import write_report

        write_report(options.report, suite, result, found)
    if options.json:
        print_json(data)
    else:
        _show(result)
    return 0 if result.successes == len(result.episodes) else 1


def suite_file(found: Resources, name: str) -> Path:
    """File of a suite, by name or path.

    Raises:
        ResourceNotFound: There is none of that name; lists those that there are.
    """
    if name.endswith(".yaml"):
        return Path(name)
    return found.find(f"config/scenarios/{name or '(none named)'}.yaml", "suite")


def measured(suite: Suite, options: argparse.Namespace, found: Resources) -> SuiteResult:
    """Runs the remaining episodes of a suite.

    Raises:
        SkillStackError: An episode cannot be run as it is described.
    """
    from skill_stack.runtime.episodes.scenario_version import Versions

    through = options.through or suite.through
    jobs = jobs_of(suite, seeds_of(options.seeds) if options.seeds else (), options.task)
    versions = Versions(found, suite)
    file = found.writable_folder("eval") / f"{suite.name}.jsonl"
    log = EpisodeLog(None if through == "nodes" else file, options.fresh)  # real time is never the same twice
    known = log.read()
    there = sum((versions.version_of(task), task.name, seed) in known for task, seed in jobs)
    progress = _progress(len(jobs), there)

    def report(episode: Episode) -> None:
        if not options.json and not (sys.stderr.isatty() and len(jobs) > LISTED):
            _tell(episode)
        progress.note(episode.passed, episode.simulated_seconds)

    return run_suite(suite, jobs, _runner(suite, through, options, found), log, versions.version_of, report)


LISTED = 60
"""Episodes up to which each gets a line on a terminal."""


def _runner(suite: Suite, through: str, options: argparse.Namespace, found: Resources) -> EpisodeRunner:
    if options.workers < 0:
        raise DataError(f"--workers {options.workers}: at least 1, or 0 for one for each core")
    if through == "nodes":
        from skill_stack.commands.measure.evaluate_nodes import NodesRunner

        return NodesRunner(suite, options.speed, found)
    from skill_stack.runtime.episodes.scenario_pool import ScenarioPool

    return ScenarioPool(found, suite, options.workers)


def _progress(total: int, known: int) -> Progress:
    """Progress on standard error: on one line that changes where there is a terminal."""
    tty = sys.stderr.isatty()
    tell: Callable[[str], None] = (lambda text: print(f"\r\x1b[K{text}", end="", file=sys.stderr)) if tty else note
    return Progress(total, known, time.monotonic, tell, QUICKLY if tty else EVERY)


def _tell(episode: Episode) -> None:
    word = "passed" if episode.passed else f"FAILED: {episode.reason}"
    print(f"seed {episode.seed:3}  {episode.simulated_seconds:5.1f} s  {episode.task}: {word}", flush=True)


def _show(result: SuiteResult) -> None:
    """A line for each task and one for all."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for task in result.tasks:
        episodes = result.episodes_of(task.name)
        passed = sum(episode.passed for episode in episodes)
        low, high = success_interval(passed, len(episodes))
        print(f"{task.name:32} {passed:4} of {len(episodes):4}  {low:.3f} to {high:.3f}")
    low, high = success_interval(result.successes, len(result.episodes))
    print(f"{result.successes} of {len(result.episodes)} passed; 95 % interval {low:.2f} to {high:.2f}")


def save_results(folder: Path, suite: Suite, result: SuiteResult, found: Resources) -> None:
    """Writes the results of the suite's skills beside them.

    Raises:
        DataError: The folder has no such skill, or cannot be written to.
    """
    from skill_stack.runtime.episodes.scenario_version import Versions

    versions = Versions(found, suite)
    for task in result.tasks:
        if task.skill:
            results = measured_results(suite, task, result.episodes_of(task.name), versions.version_of(task))
            note(f"wrote {write_results(folder / task.skill, results)}")
    from skill_stack.commands.measure.evaluate_pairs import save_pairs

    if (pairs := save_pairs(folder, suite, result, found)) is not None:
        note(f"wrote {pairs}")
