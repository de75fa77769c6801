"""``skill-stack eval``: runs a suite of tasks, in one process or through all nodes, and counts what really happened."""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import measured_results, write_results
from skill_stack.evaluation.suite import Suite, load_suite
from skill_stack.evaluation.suite_run import SuiteResult, run_suite

_MOST_SEEDS = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("suite", help="name or file of the suite, e.g. sit_down")
    parser.add_argument("--seeds", help="seeds of the worlds, e.g. 1-20 or 3,7 (default: those of the suite)")
    parser.add_argument("--speed", choices=["real", "max"], help="through the nodes: real time, or as fast as it goes")
    parser.add_argument("--task", default="", help="through the nodes: one task alone")
    parser.add_argument("--into", type=Path, help="folder of skills whose results.json files are written")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when every episode passed; raises ResourceNotFound or DataError when there is nothing to run."""
    from skill_stack.runtime.line_episodes import LineEpisodes

    found = resources()
    file = _file(found, options.suite)
    content = read_yaml(file)
    if isinstance(content, dict) and content.get("through") == "nodes":
        return _talk(file, found, options)
    suite = load_suite(file)
    seeds = seeds_of(options.seeds) if options.seeds else suite.seeds
    runner = LineEpisodes(found, suite.robot, suite.scene, time.perf_counter)
    result = run_suite(suite, runner, seeds, None if options.json else _tell)
    if options.into is not None:
        _save(options.into, suite, result)
    if options.json:
        print_json(result.to_json())
    else:
        data = result.to_json()
        low, high = data["interval"]
        print(f"{data['successes']} of {data['episodes']} passed; 95 % interval {low:.2f} to {high:.2f}")
    return 0 if result.successes == len(result.episodes) else 1


def _talk(file: Path, found: Resources, options: argparse.Namespace) -> int:
    """Runs a suite on running stacks; 0 when every task passed."""
    from skill_stack.commands.talk import TalkResult, run_suite
    from skill_stack.evaluation.talk_suite import load_talk_suite

    suite = load_talk_suite(file)
    if options.task and options.task not in [task.name for task in suite.tasks]:
        raise UnknownName("task", options.task, [task.name for task in suite.tasks])

    def tell(result: TalkResult) -> None:
        word = "passed" if result.passed else f"FAILED: {result.reason}"
        note(f"{result.simulated_seconds:5.1f} s  {result.task.name}: {word}")

    results = run_suite(suite, options.speed, found, tell, options.task)
    successes = sum(result.passed for result in results)
    low, high = success_interval(successes, len(results))
    if options.json:
        rows = [result.to_json() for result in results]
        counts = {"suite": suite.name, "episodes": len(results), "successes": successes, "interval": [low, high]}
        print_json({**counts, "tasks": rows})
    else:
        print(f"{successes} of {len(results)} passed; 95 % interval {low:.2f} to {high:.2f}")
    return 0 if successes == len(results) else 1


def seeds_of(text: str) -> tuple[int, ...]:
    """Reads ``1-20``, ``3,7`` or both together.

    Raises:
        DataError: It is something else, or too many.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})(?:-(\d{1,9}))?\s*", part)
        if match is None:
            raise DataError(f"'{text}' does not name seeds; write for example 1-20 or 3,7")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first + len(seeds) >= _MOST_SEEDS:
            raise DataError(f"'{text}' does not name seeds from the smaller to the larger, at most {_MOST_SEEDS}")
        seeds.extend(range(first, last + 1))
    return tuple(seeds)


def _file(found: Resources, name: str) -> Path:
    if name.endswith(".yaml"):
        return Path(name)
    return found.find(f"config/scenarios/{name}.yaml", "suite")


def _tell(episode: Episode) -> None:
    word = "passed" if episode.passed else f"FAILED: {episode.reason}"
    print(f"seed {episode.seed:3}  {episode.simulated_seconds:5.1f} s  {episode.task}: {word}", flush=True)


def _save(folder: Path, suite: Suite, result: SuiteResult) -> None:
    """Writes the results of the suite's skills."""
    conditions = f"simulated scene '{suite.scene}', varied by the seeds in layout, friction, mass, latency and noise"
    for task in suite.tasks:
        if task.skill:
            mine = [episode for episode in result.episodes if episode.task == task.skill]
            note(f"wrote {write_results(folder / task.skill, measured_results(mine, conditions))}")
