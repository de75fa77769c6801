"""Logs of a running deployment: one file per process, read while it is written."""

from __future__ import annotations

from collections import deque
from pathlib import Path

KEPT_LINES = 30


class LogFile:
    """The output of one process.

    Attributes:
        path: The file; what an earlier run left is kept beside it with ``.old`` at the end.
        last: The newest lines.
    """

    def __init__(self, path: Path) -> None:
        """Sets an earlier run's file aside."""
        self.path = path
        if path.exists():
            path.replace(path.with_name(path.name + ".old"))
        path.touch(0o600)  # it may name the address of the page, whose key is for this user alone
        self.last: deque[str] = deque(maxlen=KEPT_LINES)
        self._offset = 0
        self._rest = b""

    def new_lines(self) -> list[str]:
        """Complete lines that were written since the last call."""
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        self._offset += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        lines = [line.decode(errors="replace").rstrip() for line in whole]
        self.last.extend(lines)
        return lines
