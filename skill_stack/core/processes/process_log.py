"""ProcessLog: log output of the processes without ROS."""

from __future__ import annotations

from typing import TextIO


class ProcessLog:
    """Writes lines of one form, ``[LEVEL] [process]: text``, as ROS consoles show them.

    A line that repeats the one before is left out, so that a loop may report at every tick what it sees.
    """

    def __init__(self, name: str, stream: TextIO) -> None:
        """Takes the name of the process and where to write, usually ``sys.stderr``."""
        self._name = name
        self._stream = stream
        self._last = ""

    def info(self, text: str) -> None:
        """Logs normal operation."""
        self._write("INFO", text)

    def warn(self, text: str) -> None:
        """Logs a warning for a person."""
        self._write("WARN", text)

    def error(self, text: str) -> None:
        """Logs what keeps the process from working."""
        self._write("ERROR", text)

    def _write(self, level: str, text: str) -> None:
        line = f"[{level}] [{self._name}]: {text}\n"
        if line == self._last:
            return
        self._last = line
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError:  # the reader is gone: no reason to stop driving
            pass
