"""A deployment that something like ``ros2 launch`` starts, and the look at what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from skill_stack.core.shared_memory.block_name import block_path, domain_of
from test.eventually import eventually

MARK = "SKILL_STACK_TEST_LAUNCH"
UP_PATIENCE = 150.0  # s; several suites may share the machine
END_PATIENCE = 25.0  # s; an idle machine needs less than 2


class Launched:
    """Everything that one launch has started.

    Attributes:
        process: The launch itself, leader of a process group of its own as in a terminal.
        output: What it wrote so far goes there.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, namespace: str, environment: Mapping[str, str], stdin: int
    ) -> None:
        self.output = folder / "output"
        self._mark = f"{MARK}={os.getpid()}-{namespace}".encode()
        self._block = block_path(namespace, domain_of(os.environ), os.getuid())
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=file,
                stderr=file,
                env={**environment, MARK: self._mark.decode().partition("=")[2]},
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    @property
    def text(self) -> str:
        """What launch and its processes said so far."""
        return self.output.read_text(errors="replace")

    def wait_for(self, *lines: str) -> None:
        """Waits until all of these were said."""
        said = lambda: all(line in self.text for line in lines)  # noqa: E731
        eventually(lambda: said() or self.process.poll() is not None, UP_PATIENCE, "the stack", lambda: self.text)
        assert said(), self.text

    def processes(self) -> dict[int, str]:
        """Command lines, by pid, of what it started and what lives."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and self._mark in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return {pid: command for pid, command in found.items() if command}  # a zombie has none

    def wait_gone(self) -> float:
        """Waits until no process is left; gives the seconds that took. Asserts that no file is left either."""
        begin = time.monotonic()
        gone = lambda: self.process.poll() is not None and not self.processes()  # noqa: E731
        eventually(gone, END_PATIENCE, "the end", lambda: f"{self.processes()} {self.text}")
        assert not list(self._block.parent.glob(f"{self._block.name}*"))
        return time.monotonic() - begin


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    """Starts a launch; what a failed test leaves is ended."""
    started: list[Launched] = []

    def start(
        command: Sequence[str],
        namespace: str,
        environment: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
    ) -> Launched:
        started.append(Launched(command, tmp_path, namespace, environment or os.environ, stdin))
        return started[-1]

    yield start
    for one in started:
        for pid in one.processes():
            os.kill(pid, signal.SIGKILL)
        one.process.wait()
