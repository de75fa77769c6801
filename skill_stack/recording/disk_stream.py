"""DiskStream: a file that a thread writes, so that a slow or full disk never holds up who records."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import WorkerThread

BACKLOG = 64_000_000
"""Bytes that may wait for the disk; then it is too slow."""
PATIENCE = 5.0
"""Longest wait for the last bytes, s."""
BEGUN = ".begun"
"""Suffix of a file that is not locked yet."""


class DiskTrouble(SkillStackError):
    """The disk took no more; the message says why."""


class Written:
    """One open file on a disk; what tests replace by a disk that fails."""

    def __init__(self, path: Path) -> None:
        """Makes a new file, locks it, and only then gives it its name.

        A reader that found it without its lock would repair it, and so put an empty file into its place.

        Raises:
            OSError: It cannot be made.
        """
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        begun = path.with_name(path.name + BEGUN)
        self._handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        begun.rename(path)

    def write(self, data: bytes) -> None:
        """Writes everything; raises OSError."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._handle, view) :]

    def close(self) -> None:
        """Closes the file, which frees the lock."""
        os.close(self._handle)


class DiskStream:
    """Takes bytes at once, and writes them in a thread; the output of an MCAP writer.

    Attributes:
        trouble: Why the disk took no more; empty while it does.
        backlog: Bytes that wait.
    """

    def __init__(self, path: Path, opened: Callable[[Path], Written] = Written) -> None:
        """Makes the file.

        Args:
            path: The file; it must not exist.
            opened: Opens it.

        Raises:
            OSError: It cannot be made.
        """
        self.trouble = ""
        self.backlog = 0
        self._file = opened(path)
        self._place = 0
        self._waiting: deque[bytes] = deque()
        self._change = threading.Condition()
        self._over = False
        self._thread = WorkerThread("recording to disk", self._work)
        self._thread.start()

    def tell(self) -> int:
        """Place in the file behind everything that was given."""
        return self._place

    def write(self, data: bytes) -> int:
        """Takes bytes.

        Raises:
            DiskTrouble: The disk takes no more.
        """
        if self.trouble:
            raise DiskTrouble(self.trouble)
        if self.backlog + len(data) > BACKLOG and self.backlog:
            self.trouble = f"the disk is too slow: {self.backlog / 1e6:.0f} MB wait for it"
            raise DiskTrouble(self.trouble)
        self._place += len(data)
        with self._change:
            self._waiting.append(bytes(data))
            self.backlog += len(data)
            self._change.notify_all()
        return len(data)

    def flush(self) -> None:
        """Nothing: the thread writes at once."""

    def close(self) -> None:
        """Waits for the last bytes, at most :data:`PATIENCE`, and closes the file; never raises."""
        with self._change:
            self._over = True
            self._change.notify_all()
        self._thread.join(PATIENCE)
        if self._thread.is_alive() and not self.trouble:
            self.trouble = f"the disk does not answer: {self.backlog / 1e6:.1f} MB wait for it"

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting and not self._over:
                    self._change.wait()
                data = b"".join(self._waiting)
                self._waiting.clear()
                if not data and self._over:
                    break
            try:
                if not self.trouble:
                    self._file.write(data)
            except OSError as error:
                self.trouble = f"the disk takes no more: {error.strerror or error}"
            with self._change:
                self.backlog -= len(data)
        try:
            self._file.close()
        except OSError as error:
            self.trouble = self.trouble or f"the disk takes no more: {error.strerror or error}"
