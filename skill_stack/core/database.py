"""Database: one SQLite file that survives a kill at any moment."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError

BUSY, AGAIN = 10.0, 0.02
"""Time to wait for another process, and between two tries where SQLite itself does not wait, s."""
CACHE = 256
"""Cache for pages of the file, KiB; SQLite's default of 2 MiB only duplicates the kernel's cache."""


class StoreError(SkillStackError):
    """A store cannot be read or written; the message names the file and a remedy."""


class Database:
    """Tables in a file.

    Every write is one transaction in a write-ahead log that is on the disk when the call returns, so a process that is
    killed loses at most what it was writing. Several processes may use one file; an object belongs to the thread that
    made it.

    Attributes:
        path: The file.
    """

    def __init__(
        self, path: Path, what: str, schema: str, scrubbing: bool = False, set_aside: bool = True
    ) -> None:
        """Opens the file, or makes it.

        Args:
            path: The file; its folder must exist. One that is no database is kept beside it as ``….damaged``.
            what: What it is for people, e.g. ``memory``.
            schema: Statements that make the tables where they are missing.
            scrubbing: Whether what is deleted is overwritten in the file.
            set_aside: Whether a file that is no database makes room for a new one; one that a person names never does.

        Raises:
            StoreError: It can be neither read nor made, or is no database and stays.
        """
        self.path, self._what, self._schema, self._scrubbing = path, what, schema, scrubbing
        try:
            self._connection = self._open()
        except sqlite3.OperationalError as error:
            raise self._told(error) from error
        except sqlite3.DatabaseError as error:
            if not set_aside:
                raise StoreError(f"{path}: is no {what}: {error}") from error
            path.replace(path.with_name(path.name + ".damaged"))
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        found = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
        try:
            _patiently(found, "PRAGMA journal_mode=WAL")
            for setting in ("synchronous=FULL", f"secure_delete={int(self._scrubbing)}", f"cache_size=-{CACHE}"):
                found.execute(f"PRAGMA {setting}")
            found.executescript(self._schema)
        except sqlite3.Error:
            found.close()
            raise
        return found

    def query(self, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query; raises StoreError."""
        with self._told_errors():
            return self._connection.execute(text, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction; the lock is taken at once, so that two writers wait for each other instead of failing."""
        with self._told_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # of a full disk SQLite has rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def scrub(self) -> None:
        """Empties the log, which still holds overwritten pages; a reader in another process may delay that."""
        self.query("PRAGMA wal_checkpoint(TRUNCATE)")

    def sound(self) -> bool:
        """Whether SQLite's integrity check finds no error in the file."""
        return self.query("PRAGMA integrity_check") == [("ok",)]

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    @contextmanager
    def _told_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"the {self._what} {self.path} cannot be used: {error}; free space or rights may help, or another place by "
            "SKILL_STACK_OVERLAY"
        )


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Executes what fails at once, whatever the timeout, while another process makes a file a write-ahead log."""
    end = time.monotonic() + BUSY
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(AGAIN)
