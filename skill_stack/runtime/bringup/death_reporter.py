"""DeathReporter: records every process that ends unexpectedly, and starts a report of it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

NOTES = "faults.log"
"""Log file in which every death of a process is recorded; reports contain it with the other logs."""
REPORTER = "skill_stack.runtime.bringup.fault_report"
REPORT_EVERY = 10.0  # s, shortest time between two reports: a process that dies over and over fills no disk
CONTROL = "control"  # the death of such a process is reported by the supervisor, which sees it first


def _start(command: list[str]) -> object:
    null = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True)


class DeathReporter:
    """Called by the bring-up whenever a process has died."""

    def __init__(
        self,
        namespace: str,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[list[str]], object] = _start,
    ) -> None:
        """Prepares.

        Args:
            namespace: ROS namespace of the robot.
            folder: Folder of the logs.
            clock: Monotonic time, s.
            start: Starts a process without waiting for it.
        """
        self._namespace, self._notes = namespace, folder / NOTES
        self._clock, self._start, self._last = clock, start, -REPORT_EVERY

    def __call__(self, name: str, how: str) -> None:
        """Records a death, and has it reported unless one was reported just before.

        Args:
            name: The process.
            how: What became of it, e.g. ``was ended by SIGKILL``.
        """
        now = self._clock()
        try:
            with self._notes.open("a", encoding="utf-8") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {name} {how}\n")
            if name.partition("_")[0] != CONTROL and now - self._last >= REPORT_EVERY:
                self._last = now
                why = f"{name} {how}"
                self._start([sys.executable, "-m", REPORTER, "--namespace", self._namespace, "--why", why])
        except OSError:  # a full disk must not end the stack
            return
