"""ScenarioPool: episodes of a scenario in several processes, one thread each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.episode import Episode, Job
from skill_stack.evaluation.suite import Suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes

AHEAD = 2
"""Jobs queued for each process, so that none waits for the next."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Libraries start so many threads by them; the processes are as many as the cores already."""

_episodes: ScenarioEpisodes | None = None


class PoolLost(SkillStackError):
    """A process that ran episodes has ended; finished measurements are kept."""


class ScenarioPool:
    """See :class:`skill_stack.evaluation.episode.EpisodeRunner`."""

    def __init__(self, resources: Resources, suite: Suite, workers: int = 0) -> None:
        """Starts no process yet.

        Args:
            resources: Where robots, skills and scenes are.
            suite: The suite.
            workers: Processes; 0: as many as this process may use cores; 1: this process alone.
        """
        self._resources, self._suite = resources, suite
        self._workers = workers or len(os.sched_getaffinity(0))

    def run(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        """Runs episodes, in no more processes than there are jobs.

        Raises:
            SkillStackError: An episode cannot be run as it is described.
            PoolLost: A process was killed.
        """
        if not jobs:
            return
        alone = ScenarioEpisodes(self._resources, self._suite, time.perf_counter)
        alone.check([task for task, _ in jobs])
        count = min(self._workers, len(jobs))
        if count == 1:
            yield from alone.run(jobs)
            return
        before = {name: os.environ.get(name) for name in THREADS}
        os.environ.update(dict.fromkeys(THREADS, "1"))
        pool = ProcessPoolExecutor(
            count, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(self._resources, self._suite)
        )
        try:
            yield from _results(pool, jobs, AHEAD * count)
        except BrokenProcessPool as error:
            raise PoolLost("a process that ran episodes has ended; run the same again to go on") from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            _restore(before)


def _results(pool: ProcessPoolExecutor, jobs: Sequence[Job], ahead: int) -> Iterator[Episode]:
    """Episodes as they finish, with a few queued ahead."""
    left, running = list(jobs)[::-1], set[Future[Episode]]()
    while left or running:
        while left and len(running) < ahead:
            task, seed = left.pop()
            running.add(pool.submit(_play, task.name, seed))
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _prepare(resources: Resources, suite: Suite) -> None:
    """In a process of the pool: loads what all its episodes share; the parent handles Ctrl-C."""
    global _episodes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _episodes = ScenarioEpisodes(resources, suite, time.perf_counter)


def _play(name: str, seed: int) -> Episode:
    """In a process of the pool: one episode."""
    assert _episodes is not None
    return _episodes.named(name, seed)
