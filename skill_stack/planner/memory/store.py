"""ExperienceStore: experiences in one SQLite file that survives a kill at any moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from skill_stack.core.database import Database
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.planner.memory.experience import Experience

FILE = "experience.sqlite"
"""Name of the file below the overlay's folder ``memory``."""
MOST = 20_000
"""Most experiences that are kept; the oldest are dropped."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS experience (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, robot TEXT NOT NULL, words TEXT NOT NULL,
    outcome TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS experience_robot ON experience (robot, id);
CREATE TABLE IF NOT EXISTS edit (robot TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (robot, key));
"""


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
        self._database = Database(path, "memory", _SCHEMA, scrubbing=True)

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
        with self._database.transaction() as database:
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
        rows = self._database.query(query, (*values, -1 if newest is None else newest))
        return tuple(_read(number, data) for number, data in reversed(rows))

    def each(self, robot: str, newest: int) -> Iterator[Experience]:
        """The newest experiences of a robot, oldest first, one at a time: together they take megabytes.

        Args:
            robot: Name of the robot.
            newest: How many.
        """
        query = "SELECT id FROM experience WHERE robot = ? ORDER BY id DESC LIMIT ?"
        for (number,) in reversed(self._database.query(query, (robot, newest))):
            for row in self._database.query("SELECT id, data FROM experience WHERE id = ?", (number,)):
                yield _read(*row)  # none when another process has deleted it meanwhile

    def get(self, number: int) -> Experience:
        """One experience.

        Raises:
            DataError: There is none of that number; the message lists the existing ones.
        """
        rows = self._database.query("SELECT id, data FROM experience WHERE id = ?", (number,))
        if not rows:
            ((low, high),) = self._database.query("SELECT min(id), max(id) FROM experience")
            there = "the memory is empty" if low is None else f"numbers run from {low} to {high}"
            raise DataError(f"there is no experience {number}; {there} (skill-stack memory list)")
        return _read(*rows[0])

    def delete(self, numbers: Iterable[int]) -> int:
        """Deletes experiences for good: their bytes are overwritten, in the log too.

        Args:
            numbers: Numbers of experiences; those that do not exist are passed over.

        Returns:
            How many there were.
        """
        with self._database.transaction() as database:
            gone = sum(database.execute("DELETE FROM experience WHERE id = ?", (one,)).rowcount for one in numbers)
        self._database.scrub()
        return gone

    def clear(self, robot: str = "") -> int:
        """Deletes all experiences, or those of one robot, for good; edits of lessons stay.

        Returns:
            How many there were.
        """
        with self._database.transaction() as database:
            if robot:
                gone = database.execute("DELETE FROM experience WHERE robot = ?", (robot,)).rowcount
            else:
                gone = database.execute("DELETE FROM experience").rowcount
        self._database.scrub()
        return gone

    def edits(self, robot: str) -> dict[str, Any]:
        """What a person said of lessons: plain data by the lesson's key.

        Args:
            robot: Name of the robot.
        """
        rows = self._database.query("SELECT key, data FROM edit WHERE robot = ? ORDER BY key", (robot,))
        return {key: json.loads(data) for key, data in rows}

    def edit(self, robot: str, key: str, data: Any | None) -> None:
        """Keeps what a person said of a lesson.

        Args:
            robot: Name of the robot.
            key: Key of the lesson.
            data: Plain data; None takes back what was said before.
        """
        with self._database.transaction() as database:
            database.execute("DELETE FROM edit WHERE robot = ? AND key = ?", (robot, key))
            if data is not None:
                database.execute("INSERT INTO edit (robot, key, data) VALUES (?, ?, ?)", (robot, key, json.dumps(data)))
        if data is None:
            self._database.scrub()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def __enter__(self) -> ExperienceStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read(number: int, data: str) -> Experience:
    return Experience.from_json({**json.loads(data), "id": number})
