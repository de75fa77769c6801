"""Running a suite: remaining episodes in any order, and their count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import UnknownName
from skill_stack.evaluation.episode import Episode, EpisodeRunner, Job
from skill_stack.evaluation.episode_log import EpisodeLog
from skill_stack.evaluation.interval import counts, success_interval
from skill_stack.evaluation.measured import spread
from skill_stack.evaluation.suite import Suite, Task


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """Result of a suite.

    Attributes:
        suite: The suite.
        episodes: Every episode, by task and seed as the suite has them.
    """

    suite: Suite
    episodes: tuple[Episode, ...]

    @property
    def successes(self) -> int:
        """Episodes that passed."""
        return sum(episode.passed for episode in self.episodes)

    def episodes_of(self, task: str) -> tuple[Episode, ...]:
        """Episodes of one task."""
        return tuple(episode for episode in self.episodes if episode.task == task)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Tasks that were run, as the suite has them."""
        names = {episode.task for episode in self.episodes}
        return tuple(task for task in self.suite.tasks if task.name in names)

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack eval --json`` prints; intervals are Clopper-Pearson at 95 %."""
        return {
            "suite": self.suite.name,
            "robot": self.suite.robot,
            **_counted(self.episodes),
            "tasks": [
                {
                    "task": task.name,
                    "skill": task.skill,
                    **_counted(self.episodes_of(task.name)),
                    "success": [demand.text for demand in task.success],
                    "figures": spread(self.episodes_of(task.name)),
                    "runs": [episode.to_json() for episode in self.episodes_of(task.name)],
                }
                for task in self.tasks
            ],
        }


def jobs_of(suite: Suite, seeds: Sequence[int] = (), only: Sequence[str] = ()) -> list[Job]:
    """Every episode of a suite, seed by seed, so that an early end has something of every task.

    Args:
        suite: The suite.
        seeds: Seeds of the worlds; none takes the suite's own.
        only: Names of the tasks; none takes all.

    Raises:
        UnknownName: There is no such task.
    """
    names = [task.name for task in suite.tasks]
    for name in only:
        if name not in names:
            raise UnknownName("task", name, names)
    return [
        (task, seed) for seed in (seeds or suite.seeds) for task in suite.tasks if not only or task.name in only
    ]


def run_suite(
    suite: Suite,
    jobs: Sequence[Job],
    runner: EpisodeRunner,
    log: EpisodeLog,
    version: Callable[[Task], str],
    report: Callable[[Episode], None] | None = None,
) -> SuiteResult:
    """Runs what was not measured before, and stores every episode as soon as it finishes.

    Args:
        suite: The suite.
        jobs: What is to be measured.
        runner: What carries it out.
        log: Episodes that are there already, and where new ones go.
        version: Names everything that an episode of a task depends on; others' episodes do not count.
        report: Called after every episode that was run.
    """
    versions = {task.name: version(task) for task, _ in jobs}
    known = log.read()
    done = {(t.name, seed): known[key] for t, seed in jobs if (key := (versions[t.name], t.name, seed)) in known}
    left = [job for job in jobs if (job[0].name, job[1]) not in done]
    for episode in runner.run(left):
        log.add(versions[episode.task], episode)
        done[(episode.task, episode.seed)] = episode
        if report is not None:
            report(episode)
    order = {task.name: number for number, task in enumerate(suite.tasks)}
    return SuiteResult(suite, tuple(sorted(done.values(), key=lambda e: (order[e.task], e.seed))))


def _counted(episodes: Sequence[Episode]) -> dict[str, Any]:
    successes = sum(episode.passed for episode in episodes)
    return {
        "episodes": len(episodes),
        "successes": successes,
        "interval": list(success_interval(successes, len(episodes))),
        "counts": counts(successes, len(episodes)),
    }
