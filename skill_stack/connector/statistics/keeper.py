"""RunKeeper: writes runs in a separate thread, so that no cycle of the connector waits for a disk."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from skill_stack.connector.statistics.run import Run
from skill_stack.connector.statistics.store import RunStore
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread

MOST_WAITING = 1024
"""Most pending writes; more are dropped with a warning."""


class RunKeeper:
    """Stores runs in a file.

    Attributes:
        known: Runs that were in the file when it was opened, oldest first.
        own: Those of them that this very robot made.
    """

    def __init__(self, path: Path, robot: str, complain: Callable[[str], object]) -> None:
        """Reads what is known and starts the worker.

        Args:
            path: The store's file.
            robot: Name of the robot whose runs are of interest.
            complain: Takes what went wrong, in words; statistics that fail never stop a robot.
        """
        self._path, self._complain = path, complain
        self._queue: queue.Queue[tuple[str, str, Run] | None] = queue.Queue(MOST_WAITING)
        self.known: tuple[Run, ...] = ()
        self.own: tuple[Run, ...] = ()
        try:
            with RunStore(path, end_running=True) as store:
                self.known = store.ended(robot)
                self.own = store.own(robot)
        except SkillStackError as error:
            complain(str(error))
        self._worker = WorkerThread("runs", self._work, again=AGAIN)
        self._worker.start()

    def begun(self, run: Run) -> None:
        """A run has begun; returns at once."""
        self._put("begin", run)

    def ended(self, run: Run) -> None:
        """A run has ended; returns at once."""
        self._put("end", run)

    def close(self, timeout: float = 5.0) -> None:
        """Writes pending runs and ends the worker; waits at most that long, s of wall time."""
        try:
            self._queue.put(None, timeout=timeout)
        except queue.Full:
            return
        self._worker.join(timeout)

    def _put(self, what: str, run: Run) -> None:
        try:
            self._queue.put_nowait((what, run.request, run))
        except queue.Full:
            self._complain(f"{MOST_WAITING} runs wait to be written; one of '{run.used}' is not kept")

    def _work(self) -> None:
        numbers: dict[str, int] = {}
        try:
            store = RunStore(self._path)
        except SkillStackError:
            store = None  # it was told when it was read
        while (item := self._queue.get()) is not None:
            if store is None:
                continue
            what, request, run = item
            try:
                if what == "begin":
                    numbers[request] = store.begin(run)
                elif request in numbers:
                    store.end(numbers.pop(request), run)
            except Exception as error:  # noqa: BLE001 - one run must not end the statistics of all later ones
                self._complain(f"a run of '{run.used}' is not kept: {error!r}")
        if store is not None:
            store.close()
