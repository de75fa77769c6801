"""A program on a terminal of its own, typed to and read from like by a person."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0  # s


class Terminal:
    """A child process on a pseudo terminal."""

    def __init__(self, script: str, folder: Path, **environment: str) -> None:
        self.screen = ""
        master, slave = pty.openpty()
        self._master = master
        path = folder / "program.py"
        path.write_text(script)
        self.process = subprocess.Popen(
            [sys.executable, str(path)], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "TERM": "xterm", **environment}, cwd=folder,
        )  # fmt: skip
        os.close(slave)

    def type(self, keys: str) -> None:
        """Types keys at once."""
        os.write(self._master, keys.encode())

    def read(self, seconds: float) -> None:
        """Takes in what appears within a time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self._master], [], [], left)[0]:
                return
            try:
                self.screen += os.read(self._master, 65536).decode(errors="replace")
            except OSError:  # the child has closed its end
                return

    def expect(self, text: str, times: int = 1) -> None:
        """Waits until a text has appeared a number of times."""
        deadline = time.monotonic() + PATIENCE
        while self.screen.count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} × {times} in:\n{self.screen[-3000:]}"
            self.read(0.05)

    def stop_listening(self) -> None:
        """Takes the terminal away."""
        os.close(self._master)
        self._master = -1

    def end(self) -> int:
        """Waits for the program to end by itself; gives its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"the program goes on:\n{self.screen[-3000:]}"
            if self._master >= 0:
                self.read(0.05)
        return self.process.returncode

    def close(self) -> None:
        """Ends whatever is left."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            os.close(self._master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator:
    """Starts programs on terminals: ``terminal(script, **environment)``."""
    opened = []

    def start(script: str, **environment: str) -> Terminal:
        opened.append(Terminal(script, tmp_path, **environment))
        return opened[-1]

    yield start
    for each in opened:
        each.close()
