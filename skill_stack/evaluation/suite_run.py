"""Running a suite and counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.episode import Episode, EpisodeRunner
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.suite import Suite


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What a suite came to.

    Attributes:
        suite: Name of the suite.
        episodes: Every episode in the order in which it ran.
    """

    suite: str
    episodes: tuple[Episode, ...]

    @property
    def successes(self) -> int:
        """Episodes that passed on truth."""
        return sum(episode.passed for episode in self.episodes)

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack eval --json`` prints; intervals are Clopper-Pearson at 95 %."""
        by_task: dict[str, list[Episode]] = {}
        for episode in self.episodes:
            by_task.setdefault(episode.task, []).append(episode)
        return {
            "suite": self.suite,
            **_counts(self.episodes),
            "tasks": [
                {"task": name, **_counts(episodes), "runs": [episode.to_json() for episode in episodes]}
                for name, episodes in by_task.items()
            ],
        }


def run_suite(
    suite: Suite, runner: EpisodeRunner, seeds: Iterable[int] = (), report: Callable[[Episode], None] | None = None
) -> SuiteResult:
    """Runs every task with every seed.

    Args:
        suite: The tasks.
        runner: What carries them out.
        seeds: Seeds of the world; none takes the suite's own.
        report: Called after every episode.
    """
    episodes = []
    for seed in tuple(seeds) or suite.seeds:
        for task in suite.tasks:
            episodes.append(runner.run(task, seed))
            if report is not None:
                report(episodes[-1])
    return SuiteResult(suite.name, tuple(episodes))


def _counts(episodes: Iterable[Episode]) -> dict[str, Any]:
    listed = list(episodes)
    successes = sum(episode.passed for episode in listed)
    return {
        "episodes": len(listed),
        "successes": successes,
        "interval": list(success_interval(successes, len(listed))),
    }
