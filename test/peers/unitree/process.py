"""PeerProcess: the peer as a process of its own, and a line to it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unitree.control import Message, PeerControl, PeerDied

PATIENCE = 60.0  # s until a peer that was started answers
GRACE = 5.0  # s to end when asked


class PeerProcess:
    """Use it as a context manager.

    Attributes:
        arguments: Its command line.
    """

    PROGRAM = Path(__file__).with_name("peer.py")

    def __init__(self, folder: Path, *arguments: str) -> None:
        """Chooses where it listens; starts nothing.

        Args:
            folder: Where socket and log go.
            arguments: Command line of the peer.
        """
        self._folder = folder
        self._path = folder / "peer.sock"
        self.arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self._line: PeerControl | None = None

    def __enter__(self) -> PeerProcess:
        """Starts it and waits until it publishes."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it."""
        self.end()
        if self._line is not None:
            self._line.close()

    def start(self, arguments: Sequence[str] | None = None) -> None:
        """Starts it, for the first time or again.

        Raises:
            PeerDied: It did not come up; with its log.
        """
        self.arguments = tuple(arguments) if arguments is not None else self.arguments
        command = [sys.executable, str(self.PROGRAM), "--control", str(self._path)]
        with (self._folder / "peer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *self.arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=os.environ,
            )  # fmt: skip
        assert self._process.stdout is not None
        with self._process.stdout as said:
            ready = select.select([said], [], [], PATIENCE)[0] and said.readline()
        if not ready:
            raise PeerDied((self._folder / "peer.log").read_text(errors="replace")[-2000:])
        if self._line is None:
            self._line = PeerControl(self._path)
        self.ask("report", patience=PATIENCE)

    def end(self) -> None:
        """Ends it in good order."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kill(self) -> None:
        """Lets it crash; its socket stays, as a robot's network does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._path.unlink(missing_ok=True)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def ask(self, do: str, patience: float = 30.0, **values: Any) -> Message:
        """Asks it for something; see :class:`unitree.control.PeerControl`."""
        assert self._line is not None
        return self._line.ask(do, patience, **values)

    def bite(self, name: str, seconds: float | None = None, **values: Any) -> Message:
        """Lets it bite for so long, or until it is healed."""
        return self.ask("bite", name=name, **values, **({} if seconds is None else {"seconds": seconds}))
