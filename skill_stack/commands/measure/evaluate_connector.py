"""``skill-stack eval`` of scenarios for the connector."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.evaluation.connector_suite import load_connector_suite
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import success_interval

THROUGH = "connector"
"""Value of ``through`` in such a suite."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every scenario with every seed; 0 when all passed.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task`` and ``json``.
        found: Where robots and skills are.

    Raises:
        UnknownName: There is no such scenario.
    """
    from skill_stack.runtime.episodes.connector_episodes import ConnectorEpisodes

    suite = load_connector_suite(file)
    names = [task.name for task in suite.tasks]
    for name in options.task:
        if name not in names:
            raise UnknownName("scenario", name, names)
    wanted = options.task or names
    runner = ConnectorEpisodes(found, suite, time.perf_counter)
    episodes: list[Episode] = []
    for seed in seeds or suite.seeds:
        for task in suite.tasks:
            if task.name in wanted:
                episodes.append(runner.run(task, seed))
                _tell(episodes[-1])
    tasks = [{"task": name, **_counts([e for e in episodes if e.task == name])} for name in wanted]
    counts = _counts(episodes)
    if options.json:
        print_json({"suite": suite.name, **counts, "tasks": tasks})
    else:
        low, high = counts["interval"]
        print(f"{counts['successes']} of {counts['episodes']} passed; 95 % interval {low:.2f} to {high:.2f}")
    return 0 if counts["successes"] == counts["episodes"] else 1


def _tell(episode: Episode) -> None:
    word = "passed" if episode.passed else f"FAILED: {episode.reason}"
    note(f"seed {episode.seed:3}  {episode.simulated_seconds:5.1f} s  {episode.task}: {word}")


def _counts(episodes: list[Episode]) -> dict[str, Any]:
    successes = sum(episode.passed for episode in episodes)
    runs = [episode.to_json() for episode in episodes if not episode.passed]
    interval = list(success_interval(successes, len(episodes)))
    return {"episodes": len(episodes), "successes": successes, "interval": interval, "failures": runs}
