"""WorkerThread: a thread whose death is heard. What nobody caught ends the process, which is then started again."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

EXIT = 70
"""Exit code of a process in which a thread died: ``EX_SOFTWARE`` of sysexits.h."""


def end_process(name: str, error: Exception) -> None:
    """Says what ended a thread, and ends the process at once; nothing is closed, as after a kill.

    A process that goes on without one of its threads looks alive and no longer does its work. The bring-up starts a
    node again that ends like this; for a control process the supervisor damps the robot.

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
"""What is done when a thread dies; tests put something else here."""


class WorkerThread(threading.Thread):
    """A daemon thread that does not die silently; the only way in which the stack makes threads."""

    def __init__(
        self, name: str, target: Callable[..., object] | None = None, *arguments: Any,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        """Names the work; :meth:`start` begins it.

        Args:
            name: Name of the thread, for people.
            target: What it does; None where a subclass has its own :meth:`work`.
            arguments: What the target is called with.
            wanted: Whether the work is still wanted; an error after its end is part of that end.
        """
        super().__init__(name=name, daemon=True)
        self._work_of, self._arguments, self._wanted = target, arguments, wanted

    def work(self) -> None:
        """What the thread does."""
        if self._work_of is not None:
            self._work_of(*self._arguments)

    def run(self) -> None:
        """Does the work; what it does not catch is told and ends the process."""
        try:
            self.work()
        except Exception as error:  # noqa: BLE001 - whatever it is, a thread that has gone must be heard
            if self._wanted():
                died(self.name, error)
