"""RowLog, EpisodeLog: finished episodes, one line of JSON each, so that a measurement can continue."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.evaluation.episode import Episode

Row = dict[str, Any]
Key = tuple[str, str, int]
"""Version, task and seed."""


class RowLog:
    """Rows of plain data by the version that they were measured with; a truncated line is left out."""

    def __init__(self, path: Path | None, fresh: bool = False) -> None:
        """Stores the path; the file is created with the first row.

        Args:
            path: The file; None keeps nothing.
            fresh: What is in it already does not count.
        """
        self._path, self._fresh = path, fresh

    def rows(self) -> dict[Key, Row]:
        """Rows by version, task and seed, which each of them has; the last one of each counts.

        Raises:
            DataError: The file is there and cannot be read.
        """
        if self._path is None or self._fresh:
            return {}
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self._path}: cannot be read: {error}") from error
        found = {}
        for line in lines:
            try:
                data = json.loads(line)
                row = data["episode"]
                found[str(data["version"]), str(row["task"]), int(row["seed"])] = row
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def keep(self, version: str, row: Row) -> None:
        """Appends a row in one piece.

        Args:
            version: Of what it was measured with.
            row: Has ``task`` and ``seed``.

        Raises:
            DataError: The file cannot be written to.
        """
        if self._path is None:
            return
        line = json.dumps({"version": version, "episode": row}) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":  # a line that was cut off must not spoil this one
                    line = "\n" + line
                os.write(handle, line.encode())
            finally:
                os.close(handle)
        except OSError as error:
            raise DataError(f"{self._path}: cannot be written: {error}") from error


class EpisodeLog(RowLog):
    """The same of episodes."""

    def read(self) -> dict[Key, Episode]:
        """Episodes by version, task and seed; one that is not whole is left out; errors as of :meth:`rows`."""
        found = {}
        for key, row in self.rows().items():
            try:
                found[key] = Episode.from_json(row)
            except (ValueError, KeyError, TypeError, DataError):
                continue
        return found

    def add(self, version: str, episode: Episode) -> None:
        """Appends an episode; arguments and errors as of :meth:`keep`."""
        self.keep(version, episode.to_json())
