"""RecordingsProcess: the page of the recordings, in a process of its own so that the robot's page stays quick."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from skill_stack.core.processes.worker_thread import WorkerThread

NICE = 10
"""Lower priority than everything that moves a robot."""
PATIENCE = 5.0
"""Time that it has to end, s."""


class RecordingsProcess:
    """``skill-stack episodes view``, begun when somebody asks for it; it ends with this process."""

    def __init__(self, live: str, ready: Callable[[str], None], failed: Callable[[str], None]) -> None:
        """Begins nothing yet.

        Args:
            live: Address of the page of the running robot, without its key: the page of the recordings links it.
            ready: Takes the address of the page of the recordings, with its key.
            failed: Takes why there is none.
        """
        self._live, self._ready, self._failed = live, ready, failed
        self._guard = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._thread: WorkerThread | None = None

    def open(self) -> None:
        """Begins it unless it runs; returns at once."""
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = WorkerThread("recordings page", self._work)
                self._thread.start()

    def _work(self) -> None:
        """Begins the process, and stays for its whole life, with which the kernel ends the process."""
        tethered = [sys.executable, "-m", "skill_stack.runtime.bringup.die_with_parent", str(os.getpid())]
        with subprocess.Popen(
            ["nice", "-n", str(NICE), *tethered, "skill_stack.cli", "episodes", "view", "--live", self._live],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            self._process = process
            last = "it ended"
            assert process.stdout is not None
            for line in process.stdout:
                last = line.strip() or last
                if line.startswith("http"):
                    self._ready(line.strip())
            if process.wait() > 0:
                self._failed(last)

    def close(self) -> None:
        """Ends it."""
        process, thread = self._process, self._thread
        if process is not None and process.poll() is None:
            process.terminate()
        if thread is not None:
            thread.join(PATIENCE)
        if process is not None and process.poll() is None:
            process.kill()
