"""Journal: which words led to which plan, request and setpoint, and when; one line of JSON per hand-over.

It lies beside the shared block; every process that hands something on writes it. Monotonic times of one machine are
comparable across processes, so latencies can be computed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUFFIX = ".journal"
LONGEST = 2_000_000  # bytes after which the journal restarts; the one before is kept
LONGEST_TEXT = 200  # characters of a text


def journal_path(block: Path) -> Path:
    """Where the journal of a shared block is."""
    return block.with_name(block.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class Entry:
    """One hand-over.

    Attributes:
        stage: What was handed on, e.g. ``words``, ``plan``, ``request``, ``setpoint``.
        id: Its id.
        process: Who wrote it down.
        mono: Monotonic time, s.
        wall: Time of the clock on the wall, s.
        of: Id of what it was made from, empty where that is the same.
        details: Anything else.
    """

    stage: str
    id: str
    process: str
    mono: float
    wall: float
    of: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Appends entries. Write errors are ignored: the robot must not wait for a log."""

    def __init__(self, block: Path, process: str) -> None:
        """Stores the path of a block's journal; opens nothing.

        Args:
            block: The robot's shared block.
            process: Who writes.
        """
        self._block, self._path, self._process = block, journal_path(block), process

    def note(self, stage: str, identity: str, mono: float, wall: float, of: str = "", **details: Any) -> None:
        """Writes one entry, in one piece.

        Args:
            stage: What was handed on.
            identity: Its id.
            mono: Monotonic time, s.
            wall: Time of the clock on the wall, s.
            of: Id of what it was made from.
            details: Anything else; texts are cut.
        """
        cut = {name: value[:LONGEST_TEXT] if isinstance(value, str) else value for name, value in details.items()}
        row = {"stage": stage, "id": identity, "process": self._process, "mono": mono, "wall": wall, "of": of, **cut}
        try:
            if not self._block.exists():  # nobody would clear it away
                return
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
                if os.fstat(handle).st_size > LONGEST:
                    os.replace(self._path, self._path.with_name(self._path.name + ".old"))
            finally:
                os.close(handle)
        except OSError:
            return


def read_journal(path: Path) -> tuple[Entry, ...]:
    """The entries, oldest first, including those of the previous journal; invalid lines are skipped."""
    return tuple(entry for file in (path.with_name(path.name + ".old"), path) for entry in _entries(file))


def _entries(path: Path) -> Iterator[Entry]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    known = ("stage", "id", "process", "mono", "wall", "of")
    for line in lines:
        try:
            row = json.loads(line)
            values = {name: row.pop(name) for name in known}
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
        yield Entry(**values, details=row)
