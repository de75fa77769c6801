"""WorkerThread: a thread whose uncaught error restarts its work, or ends the process, which is then restarted."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EXIT = 70
"""Exit code of a process in which a thread died: ``EX_SOFTWARE`` of sysexits.h."""

AGAIN = 1.0
"""Pause of a service's thread after an uncaught error, s: short for people, long for a log."""


def end_process(name: str, error: Exception) -> None:
    """Reports what ended a thread and ends the process at once; nothing is closed, as after a kill.

    A process that continues without one of its threads appears healthy but no longer works. Therefore it ends. The
    bring-up restarts such a node; for a control process the supervisor damps the robot.

    Args:
        name: Name of the thread.
        error: What ended it.
    """
    told = "".join(traceback.format_exception(error))
    try:
        print(f"the thread '{name}' ended by an error, and so does this process:\n{told}", file=sys.stderr, flush=True)
    finally:
        os._exit(EXIT)


died: Callable[[str, Exception], object] = end_process
"""Called when a thread ends by an uncaught exception; tests replace it."""


@dataclass(frozen=True, slots=True)
class ThreadFailure:
    """Uncaught errors of the threads of one name in this process.

    Attributes:
        count: How many so far.
        error: The last one.
        trace: Its traceback.
    """

    count: int
    error: Exception
    trace: str


FAILURES: dict[str, ThreadFailure] = {}
"""Failures by name of the thread, for reports to people, see :func:`skill_stack.nodes.node_main.run_node`."""


def note_failure(name: str, error: Exception) -> None:
    """Counts an uncaught error of a thread whose work begins again.

    Args:
        name: Name of the thread.
        error: What it raised.
    """
    before = FAILURES.get(name)
    trace = "".join(traceback.format_exception(error))
    FAILURES[name] = ThreadFailure(1 + (before.count if before is not None else 0), error, trace)


class WorkerThread(threading.Thread):
    """A daemon thread that cannot die unnoticed; the only way in which the stack makes threads."""

    def __init__(
        self, name: str, target: Callable[..., object] | None = None, *arguments: Any,
        wanted: Callable[[], bool] = lambda: True, again: float | None = None,
    ) -> None:  # fmt: skip
        """Takes name and function; :meth:`start` begins it.

        Args:
            name: Name of the thread, for people.
            target: What it does; None where a subclass has its own :meth:`work`.
            arguments: What the target is called with.
            wanted: Whether the work is still needed; an error after that belongs to the shutdown.
            again: Pause after an uncaught error, s, after which the work begins again; None ends the process. A
                service goes on without what it was just doing; what moves joints does not.
        """
        super().__init__(name=name, daemon=True)
        self._work_of, self._arguments, self._wanted, self._again = target, arguments, wanted, again

    def work(self) -> None:
        """The thread's function."""
        if self._work_of is not None:
            self._work_of(*self._arguments)

    def run(self) -> None:
        """Runs the function; an uncaught error is counted and begins it again, or ends the process."""
        while True:
            try:
                self.work()
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, a thread that has gone must be heard
                if not self._wanted():
                    return
                if self._again is None:
                    died(self.name, error)
                    return
                note_failure(self.name, error)
            time.sleep(self._again)
