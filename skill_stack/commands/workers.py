"""Episodes in worker processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

Row = TypeVar("Row")


def finished(
    episode: Callable[[Path, str, int], Row], file: Path, jobs: Sequence[tuple[str, int]], workers: int
) -> Iterator[Row]:
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
