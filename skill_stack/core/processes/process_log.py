"""ProcessLog: the log lines of the processes that know nothing of ROS."""

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
        """Something that is as it should be."""
        self._write("INFO", text)

    def warn(self, text: str) -> None:
        """Something that a person should know."""
        self._write("WARN", text)

    def error(self, text: str) -> None:
        """Something that keeps the process from doing its work."""
        self._write("ERROR", text)

    def _write(self, level: str, text: str) -> None:
        line = f"[{level}] [{self._name}]: {text}\n"
        if line == self._last:
            return
        self._last = line
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError:  # nobody reads any more: no reason to stop driving
            pass
