"""BusyLine: a sign of life on the terminal while a verb works and says nothing."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from skill_stack.core.processes.worker_thread import WorkerThread

SILENCE = 2.0
"""Time without output after which the line appears, s."""
EVERY = 1.0
"""Time between two changes of it, s."""
_ERASE = "\r\x1b[K"


class BusyLine:
    """Shows how long a verb has been at work; whatever is printed takes its place."""

    def __init__(self, name: str, terminal: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins to count.

        Args:
            name: Of the verb.
            terminal: Where the line is shown.
            clock: Monotonic time, s.
        """
        self._name, self._terminal, self._clock = name, terminal, clock
        self._began = self._said = clock()
        self._shown, self._open = False, False
        self._lock = threading.Lock()

    def look(self) -> None:
        """Shows the line, if nothing has been printed for long enough and no line is half written."""
        with self._lock:
            now = self._clock()
            if now - self._said >= SILENCE and not self._open:
                self._shown = True
                self._terminal.write(f"{_ERASE}{self._name}: working, {now - self._began:.0f} s … (Ctrl-C ends it)")
                self._terminal.flush()

    def clear(self, text: str) -> None:
        """Takes the line away, since a text is about to be printed."""
        with self._lock:
            if self._shown:
                self._terminal.write(_ERASE)
                self._terminal.flush()
            self._shown, self._said = False, self._clock()
            self._open = not text.endswith("\n") if text else self._open


class _Printed:
    """An output that takes the line away before it prints."""

    def __init__(self, stream: TextIO, line: BusyLine) -> None:
        self._stream, self._line = stream, line

    def write(self, text: str) -> int:
        self._line.clear(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def busy_line(name: str) -> Iterator[None]:
    """Shows the line meanwhile, where standard error is a terminal.

    Args:
        name: Of the verb.
    """
    if not sys.stderr.isatty():
        yield
        return
    line, done = BusyLine(name, sys.stderr), threading.Event()

    def work() -> None:
        while not done.wait(EVERY):
            line.look()

    thread = WorkerThread("busy line", work)
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_Printed(stream, line) for stream in streams)  # type: ignore[assignment]
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        line.clear("")
        sys.stdout, sys.stderr = streams
