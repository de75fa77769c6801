"""ExperienceStore: experiences in one SQLite file that a kill at any moment leaves whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.planner.memory.experience import Experience

FILE = "experience.sqlite"
"""Name of the file below the overlay's folder ``memory``."""
MOST = 20_000
"""Experiences that are kept; beyond it the oldest go."""
BUSY = 10.0
"""How long another process is waited for, s."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS experience (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, robot TEXT NOT NULL, words TEXT NOT NULL,
    outcome TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS experience_robot ON experience (robot, id);
CREATE TABLE IF NOT EXISTS edit (robot TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (robot, key));
"""


class StoreError(SkillStackError):
    """The memory cannot be read or written; says where it is and what would help."""


def store_path(resources: Resources) -> Path:
    """Where the experiences are: ``memory/experience.sqlite`` below the overlay.

    Args:
        resources: Where writes go.
    """
    return resources.writable_folder("memory") / FILE


class ExperienceStore:
    """One record per task.

    Every write is one transaction in a write-ahead log that is on the disk when the call returns, so a process that is
    killed loses at most the record that it was writing. Several processes may use one file; an object belongs to the
    thread that made it. What is deleted is overwritten in the file.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it.

        Args:
            path: The file; its folder must exist. One that is no database is kept beside it as ``….damaged``.

        Raises:
            StoreError: It can be neither read nor made.
        """
        self.path = path
        try:
            self._database = self._open()
        except sqlite3.OperationalError as error:
            raise self._told(error) from error
        except sqlite3.DatabaseError:
            path.replace(path.with_name(path.name + ".damaged"))
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            self._database = self._open()

    def _open(self) -> sqlite3.Connection:
        found = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
        try:
            for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                found.execute(f"PRAGMA {setting}")
            found.executescript(_SCHEMA)
            found.execute("SELECT count(*) FROM experience").fetchone()
        except sqlite3.Error:
            found.close()
            raise
        return found

    def record(self, experience: Experience) -> int:
        """Keeps an experience; it is on the disk when this returns. May wait for the disk: call it from a worker.

        Args:
            experience: The task; its ``id`` is ignored.

        Returns:
            Its number.

        Raises:
            StoreError: It cannot be written.
        """
        kept = experience.limited()
        plain = {key: value for key, value in kept.to_json().items() if key != "id"}
        row = (kept.time, kept.robot, kept.words, kept.outcome, json.dumps(plain, ensure_ascii=False, default=str))
        with self._transaction() as database:
            done = database.execute(
                "INSERT INTO experience (time, robot, words, outcome, data) VALUES (?, ?, ?, ?, ?)", row
            )
            number = int(done.lastrowid or 0)
            database.execute("DELETE FROM experience WHERE id <= ?", (number - MOST,))
        return number

    def all(self, robot: str = "", newest: int | None = None) -> tuple[Experience, ...]:
        """Experiences, oldest first.

        Args:
            robot: Name of the robot; empty for every robot.
            newest: How many of the newest; None for all.
        """
        where, values = ("WHERE robot = ?", [robot]) if robot else ("", [])
        query = f"SELECT id, data FROM experience {where} ORDER BY id DESC LIMIT ?"
        with self._told_errors():
            rows = self._database.execute(query, (*values, -1 if newest is None else newest)).fetchall()
        return tuple(_read(number, data) for number, data in reversed(rows))

    def get(self, number: int) -> Experience:
        """One experience.

        Raises:
            DataError: There is none of that number; says which there are.
        """
        with self._told_errors():
            row = self._database.execute("SELECT id, data FROM experience WHERE id = ?", (number,)).fetchone()
            low, high = self._database.execute("SELECT min(id), max(id) FROM experience").fetchone()
        if row is None:
            there = "the memory is empty" if low is None else f"numbers run from {low} to {high}"
            raise DataError(f"there is no experience {number}; {there} (skill-stack memory list)")
        return _read(*row)

    def delete(self, numbers: Iterable[int]) -> int:
        """Deletes experiences for good: their bytes are overwritten, in the log too.

        Args:
            numbers: Numbers of experiences; those that do not exist are passed over.

        Returns:
            How many there were.
        """
        with self._transaction() as database:
            gone = sum(database.execute("DELETE FROM experience WHERE id = ?", (one,)).rowcount for one in numbers)
        self._scrub()
        return gone

    def clear(self, robot: str = "") -> int:
        """Deletes all experiences, or those of one robot, for good; edits of lessons stay.

        Returns:
            How many there were.
        """
        with self._transaction() as database:
            if robot:
                gone = database.execute("DELETE FROM experience WHERE robot = ?", (robot,)).rowcount
            else:
                gone = database.execute("DELETE FROM experience").rowcount
        self._scrub()
        return gone

    def edits(self, robot: str) -> dict[str, Any]:
        """What a person said of lessons: plain data by the lesson's key.

        Args:
            robot: Name of the robot.
        """
        with self._told_errors():
            query = "SELECT key, data FROM edit WHERE robot = ? ORDER BY key"
            rows = self._database.execute(query, (robot,)).fetchall()
        return {key: json.loads(data) for key, data in rows}

    def edit(self, robot: str, key: str, data: Any | None) -> None:
        """Keeps what a person said of a lesson.

        Args:
            robot: Name of the robot.
            key: Key of the lesson.
            data: Plain data; None takes back what was said before.
        """
        with self._transaction() as database:
            database.execute("DELETE FROM edit WHERE robot = ? AND key = ?", (robot, key))
            if data is not None:
                database.execute("INSERT INTO edit (robot, key, data) VALUES (?, ?, ?)", (robot, key, json.dumps(data)))
        if data is None:
            self._scrub()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def __enter__(self) -> ExperienceStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; the lock is taken at once, so that two writers wait for each other instead of failing."""
        with self._told_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _scrub(self) -> None:
        """Empties the log, where overwritten pages would stay; a reader in another process may put that off."""
        with self._told_errors():
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _told_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"the memory {self.path} cannot be used: {error}; free space or rights may help, or another place by "
            "SKILL_STACK_OVERLAY"
        )


def _read(number: int, data: str) -> Experience:
    return Experience.from_json({**json.loads(data), "id": number})
