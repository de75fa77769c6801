"""Episodes in worker processes; what was measured before is not measured again."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

from skill_stack.commands.common import note
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.progress import Progress

One = TypeVar("One")
Job = tuple[str, int]
"""A task and a seed."""


def _finished(
    episode: Callable[[Path, str, int], One], file: Path, jobs: Sequence[Job], workers: int
) -> Iterator[One]:
    """Episodes in the order in which they end; of one worker in this process.

    Args:
        episode: Runs one, from the suite's file, a task's name and a seed; a function of a module.
        file: The suite.
        jobs: Tasks and seeds.
        workers: Processes.
    """
    if workers == 1:
        yield from (episode(file, name, seed) for name, seed in jobs)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:  # a fork of threads may crash
        waiting = [pool.submit(episode, file, name, seed) for name, seed in jobs]
        yield from (future.result() for future in as_completed(waiting))


def measured_rows(
    episode: Callable[[Path, str, int], Row],
    file: Path,
    jobs: Sequence[Job],
    versions: Mapping[str, str],
    log: RowLog,
    workers: int,
) -> dict[Job, Row]:
    """Rows by task and seed, with progress; each is kept as soon as it is measured.

    Args:
        episode: Measures one in a worker process, from the suite's file, a task's name and a seed; a function of a
            module. The row has ``task``, ``seed`` and ``passed``, and ``reason`` where it did not.
        file: The suite.
        jobs: All that is wanted.
        versions: Version of each task's measurement.
        log: What was measured before, and where more is kept.
        workers: Processes; 0: one.

    Raises:
        KeyboardInterrupt: Somebody ended it, and was told that what is measured is kept.
    """
    known = log.rows()
    rows = {job: row for job in jobs if (row := known.get((versions[job[0]], *job))) is not None}
    missing = [job for job in jobs if job not in rows]
    progress = Progress(len(jobs), len(rows), time.monotonic, note)
    try:
        for row in _finished(episode, file, missing, workers or 1):
            log.keep(versions[row["task"]], row)
            rows[row["task"], row["seed"]] = row
            if not row["passed"]:
                note(f"{row['task']} seed {row['seed']}: FAILED: {row['reason']}")
            progress.note(row["passed"], row.get("simulated_seconds", 0.0))
    except KeyboardInterrupt:
        note("ended; what is measured is kept, and the same command goes on from there")
        raise
    return rows
