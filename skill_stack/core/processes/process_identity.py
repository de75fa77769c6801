"""Identity of a process: its pid and start time, since the kernel reuses pids."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_START_FIELD = 22 - 3  # field "starttime" of /proc/<pid>/stat, counted after the command name in brackets
_STATE_FIELD = 3 - 3
_PARENT_FIELD = 4 - 3


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that cannot be confused with a later one of the same pid.

    Attributes:
        pid: Process id; 0 for none.
        start: Start time in clock ticks after boot.
    """

    pid: int
    start: int

    @classmethod
    def from_pid(cls, pid: int) -> ProcessIdentity | None:
        """The process that has a pid now, or None when there is none (or it is a zombie)."""
        fields = _fields(pid)
        if not fields:
            return None
        return None if fields[_STATE_FIELD] in ("Z", "X") else cls(pid, int(fields[_START_FIELD]))

    @classmethod
    def own(cls) -> ProcessIdentity:
        """The calling process."""
        me = cls.from_pid(os.getpid())
        assert me is not None
        return me

    @property
    def parent(self) -> int:
        """Process id of the process that started it, or that has taken it over since; 0 when it is gone."""
        fields = _fields(self.pid) if self.alive else []
        return int(fields[_PARENT_FIELD]) if fields else 0

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return self.pid > 0 and ProcessIdentity.from_pid(self.pid) == self


def is_stopped(pid: int) -> bool:
    """Whether a process is stopped by a signal (SIGSTOP, SIGTSTP), and not by a debugger."""
    fields = _fields(pid)
    return bool(fields) and fields[_STATE_FIELD] == "T"


def _fields(pid: int) -> list[str]:
    """The kernel's status fields of a process after its name; empty when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
