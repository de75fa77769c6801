"""``skill-stack try NAME --episode SEED`` and ``--measured``: measured episodes once more, and whether they agree."""

from __future__ import annotations

import argparse
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.commands.measure.evaluate import suite_file
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import read_results
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.suite import Suite, Task, load_suite, seeds_of


def repeat(options: argparse.Namespace, found: Resources) -> int:
    """Repeats one episode, or the requested number; 0 when the results agree with the measured ones.

    Args:
        options: ``skill``, ``robot``, ``episode``, ``measured`` and ``json`` of the command line.
        found: Where robots, skills and suites are.

    Raises:
        UnknownName: The robot's suite has no such skill.
        DataError: The skill was not measured, or a number is wrong.
    """
    from skill_stack.runtime.episodes.scenario_pool import ScenarioPool

    suite = load_suite(suite_file(found, options.robot))
    task = _task(suite, options.skill)
    results = _measured(options, found, suite)
    seeds = _seeds(options, results)
    episodes = []
    for episode in ScenarioPool(found, suite).run([(task, seed) for seed in seeds]):
        note(f"seed {episode.seed}: {'passed' if episode.passed else episode.reason}")
        episodes.append(episode)
    verdict = compared(episodes, results)
    if options.json:
        rows = [episode.to_json() for episode in sorted(episodes, key=lambda one: one.seed)]
        print_json({"skill": options.skill, "suite": suite.name, **verdict, "runs": rows})
    else:
        _show(verdict, episodes)
    return 0 if verdict["agrees"] else 1


def _task(suite: Suite, skill: str) -> Task:
    tasks = {task.skill: task for task in suite.tasks if task.skill}
    if skill not in tasks:
        raise UnknownName(f"skill in the suite '{suite.name}'", skill, tasks)
    return tasks[skill]


def _measured(options: argparse.Namespace, found: Resources, suite: Suite) -> dict[str, Any]:
    library = load_library(found, load_robot(found.robot(options.robot), found))
    entry = library.entries.get(options.skill)
    results = read_results(entry.folder, library.body) if entry is not None and entry.folder is not None else {}
    if "seeds" in results and results.get("suite") == suite.name:
        return results
    if options.episode is not None:
        return {}
    how = f"skill-stack eval {suite.name} --task {options.skill} --into models/{options.robot}"
    raise DataError(f"'{options.skill}' was not measured; do it with: {how}")


def _seeds(options: argparse.Namespace, results: dict[str, Any]) -> tuple[int, ...]:
    if options.episode is not None:
        return seeds_of(str(options.episode))
    if options.measured < 1:
        raise DataError(f"--measured {options.measured}: at least 1 episode")
    return seeds_of(results["seeds"])[: options.measured]


def compared(episodes: list[Episode], results: dict[str, Any]) -> dict[str, Any]:
    """How repeated episodes agree with the measurement.

    They agree when none of them came out otherwise (the same seed is the same run, bit for bit, on the same machine),
    or, where arithmetic differs between machines, when the intervals of both rates overlap.

    Args:
        episodes: What came out this time.
        results: What was measured; empty when nothing was.
    """
    failed = {row["seed"] for row in results.get("failures", ())}
    known = set(seeds_of(results["seeds"])) if results else set()
    otherwise = sorted(e.seed for e in episodes if e.seed in known and e.passed == (e.seed in failed))
    passed = sum(episode.passed for episode in episodes)
    low, high = success_interval(passed, len(episodes))
    before = results.get("interval") or [0.0, 1.0]
    overlap = low <= before[1] and before[0] <= high
    return {
        "episodes": len(episodes), "successes": passed, "interval": [low, high], "measured_interval": before,
        "otherwise": otherwise, "agrees": not otherwise or (len(episodes) > 1 and overlap),
    }  # fmt: skip


def _show(verdict: dict[str, Any], episodes: list[Episode]) -> None:
    if len(episodes) == 1:
        for name, value in episodes[0].measured.items():
            print(f"  {name} {value:g}")
        print(f"  asked for: {episodes[0].arguments or 'nothing'}; world: {episodes[0].world}")
    low, high = verdict["interval"]
    print(f"{verdict['successes']} of {verdict['episodes']} passed; 95 % interval {low:.3f} to {high:.3f}")
    if verdict["otherwise"]:
        print(f"otherwise than measured: seeds {', '.join(map(str, verdict['otherwise']))}")
    before = verdict["measured_interval"]
    word = "agrees" if verdict["agrees"] else "does not agree"
    print(f"{word} with what was measured ({before[0]:.3f} to {before[1]:.3f})")
