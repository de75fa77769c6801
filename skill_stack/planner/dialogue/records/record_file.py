"""RecordFile: small records in one SQLite file of the user, shared with other processes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError


class RecordFile:
    """Records by number; opened for every call, so that no process blocks another."""

    def __init__(self, path: Path, most: int) -> None:
        """Takes the file, which is made with the first record.

        Args:
            path: The file.
            most: Records that are kept; the oldest go first.
        """
        self.path, self._most = path, most

    @property
    def stamp(self) -> tuple[int, int]:
        """Changes whenever the file does; (0, 0) while there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=1.0)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL)"
                )
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise DataError(f"{self.path} cannot be used: {error}") from error

    def add(self, content: dict[str, Any]) -> int:
        """Writes a record and gives its number; raises DataError when it cannot be written."""
        with self._open() as connection:
            text = json.dumps(content, ensure_ascii=True, default=str)
            number = int(connection.execute("INSERT INTO records (content) VALUES (?)", (text,)).lastrowid or 0)
            connection.execute("DELETE FROM records WHERE id <= ?", (number - self._most,))
        return number

    def records(self) -> tuple[tuple[int, dict[str, Any]], ...]:
        """Number and content of everything that is kept, oldest first; raises DataError when it cannot be read."""
        if not self.path.is_file():
            return ()
        with self._open() as connection:
            rows = connection.execute("SELECT id, content FROM records ORDER BY id").fetchall()
        try:
            return tuple((int(number), dict(json.loads(content))) for number, content in rows)
        except (ValueError, TypeError) as error:
            raise DataError(f"{self.path} holds something else than records: {error}") from error

    def delete(self, numbers: Iterable[int]) -> int:
        """Deletes records and gives how many there were; raises DataError when it cannot."""
        rows = [(int(number),) for number in numbers]
        if not rows or not self.path.is_file():
            return 0
        with self._open() as connection:
            return int(connection.executemany("DELETE FROM records WHERE id = ?", rows).rowcount)
