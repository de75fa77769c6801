"""RunStore: all runs of all skills in one file; files of other robots can be merged."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from skill_stack.connector.statistics.run import Run
from skill_stack.core.database import Database, StoreError
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources

FILE = "runs.sqlite"
"""Name of the file below the overlay's folder ``memory``."""

MOST = 50_000
"""Most runs that are kept; the oldest are dropped."""

KILLED = "the connector ended while it ran"
"""Violated condition of a run without a recorded end."""

_COLUMNS = "origin, number, time, robot, asked, used, region, context, outcome, violated, request, seconds"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    origin TEXT NOT NULL, number INTEGER NOT NULL, time REAL NOT NULL, robot TEXT NOT NULL, asked TEXT NOT NULL,
    used TEXT NOT NULL, region TEXT NOT NULL, context TEXT NOT NULL, outcome TEXT NOT NULL, violated TEXT NOT NULL,
    request TEXT NOT NULL, seconds REAL NOT NULL, measured TEXT NOT NULL, PRIMARY KEY (origin, number));
CREATE INDEX IF NOT EXISTS run_robot ON run (robot, time);
CREATE TABLE IF NOT EXISTS origin (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL);
"""
_RUNNING = "running"  # outcome of a run that has begun and not ended


def store_path(resources: Resources) -> Path:
    """Where the runs are: ``memory/runs.sqlite`` below the overlay.

    Args:
        resources: Where writes go.
    """
    return resources.writable_folder("memory") / FILE


class RunStore:
    """Runs in a file; see :class:`skill_stack.core.database.Database` for what a kill leaves.

    A run is written twice: when it begins, and when it ends. One whose connector was killed in between is
    ``interrupted`` as soon as the next one opens the file.
    """

    def __init__(self, path: Path, existing: bool = False, end_running: bool = False) -> None:
        """Opens the file, or makes it.

        Args:
            path: The file; its folder must exist.
            existing: Whether a file that is missing, or none of this kind, is an error.
            end_running: Whether runs that never ended are ended ``interrupted``: for the one connector that writes.

        Raises:
            StoreError: It can be neither read nor made.
        """
        if existing and not path.is_file():
            raise StoreError(f"there is no file {path}; the connector writes its runs to {FILE}")
        self.path = path
        self._database = Database(path, "record of runs", _SCHEMA, set_aside=not existing)
        with self._database.transaction() as database:
            database.execute("INSERT OR IGNORE INTO origin VALUES (1, ?)", (uuid.uuid4().hex,))
        self.origin = str(self._database.query("SELECT name FROM origin")[0][0])
        if end_running:
            self._end_what_was_killed()

    def _end_what_was_killed(self) -> None:
        with self._database.transaction() as database:
            database.execute(
                "UPDATE run SET outcome = 'interrupted', violated = ? WHERE outcome = ? AND origin = ?",
                (KILLED, _RUNNING, self.origin),
            )

    def begin(self, run: Run) -> int:
        """Writes the start of a run; on disk when this returns.

        Args:
            run: The run; origin, number and outcome are ignored.

        Returns:
            Its number.
        """
        with self._database.transaction() as database:
            query = "SELECT coalesce(max(number), 0) + 1 FROM run WHERE origin = ?"
            ((number,),) = database.execute(query, (self.origin,)).fetchall()
            row = (self.origin, number, *run.row()[2:8], _RUNNING, *run.row()[9:])
            database.execute(f"INSERT INTO run ({_COLUMNS}, measured) VALUES ({_marks(13)})", (*row, "{}"))
            if number > MOST and number % 100 == 0:
                database.execute("DELETE FROM run WHERE rowid NOT IN "
                                 "(SELECT rowid FROM run ORDER BY time DESC LIMIT ?)", (MOST,))  # fmt: skip
        return int(number)

    def end(self, number: int, run: Run) -> None:
        """Writes the end of a run; on disk when this returns."""
        with self._database.transaction() as database:
            database.execute(
                "UPDATE run SET outcome = ?, violated = ?, seconds = ?, measured = ? WHERE origin = ? AND number = ?",
                (run.outcome, run.violated, run.seconds, json.dumps(run.measured), self.origin, number),
            )

    def ended(self, robot: str = "") -> tuple[Run, ...]:
        """Every run that has ended, oldest first.

        Args:
            robot: Name of the robot; empty for every robot.
        """
        query = (
            f"SELECT {_COLUMNS}, measured FROM run WHERE outcome <> ? AND (? = '' OR robot = ?) ORDER BY time, number"
        )
        rows = self._database.query(query, (_RUNNING, robot, robot))
        return tuple(Run(*(*row[:-1], json.loads(row[-1]))) for row in rows)

    def own(self, robot: str) -> tuple[Run, ...]:
        """Those of a robot's runs that were made here, not shared by another robot, oldest first."""
        return tuple(run for run in self.ended(robot) if run.origin == self.origin)

    def merge(self, runs: Iterable[Run]) -> int:
        """Takes runs of another store; known ones are skipped.

        Args:
            runs: Runs with their origin and number.

        Returns:
            How many were new.
        """
        with self._database.transaction() as database:
            return sum(
                database.execute(
                    f"INSERT OR IGNORE INTO run ({_COLUMNS}, measured) VALUES ({_marks(13)})",
                    (*run.row(), json.dumps(run.measured)),
                ).rowcount
                for run in runs
            )

    def sound(self) -> bool:
        """Whether SQLite's integrity check finds no error in the file."""
        return self._database.sound()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def own_runs(resources: Resources, robot: str) -> tuple[Run, ...]:
    """See :meth:`RunStore.own`; none where nothing is recorded, or it cannot be read."""
    try:
        with RunStore(store_path(resources), existing=True) as store:
            return store.own(robot)
    except SkillStackError:
        return ()


def _marks(count: int) -> str:
    return ", ".join("?" * count)
