"""EpisodeLog: finished episodes, one line of JSON each, so that a measurement can continue."""

from __future__ import annotations

import json
import os
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.evaluation.episode import Episode


class EpisodeLog:
    """Episodes by the version that they were measured with; a truncated line is left out."""

    def __init__(self, path: Path | None, fresh: bool = False) -> None:
        """Stores the path; the file is created with the first episode.

        Args:
            path: The file; None keeps nothing.
            fresh: What is in it already does not count.
        """
        self._path, self._fresh = path, fresh

    def read(self) -> dict[tuple[str, str, int], Episode]:
        """Episodes by version, task and seed; the last one of each counts.

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
                row = json.loads(line)
                episode = Episode.from_json(row["episode"])
                found[(str(row["version"]), episode.task, episode.seed)] = episode
            except (ValueError, KeyError, TypeError, DataError):
                continue
        return found

    def add(self, version: str, episode: Episode) -> None:
        """Appends an episode in one piece.

        Raises:
            DataError: The file cannot be written to.
        """
        if self._path is None:
            return
        row = json.dumps({"version": version, "episode": episode.to_json()}) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":  # a line that was cut off must not spoil this one
                    row = "\n" + row
                os.write(handle, row.encode())
            finally:
                os.close(handle)
        except OSError as error:
            raise DataError(f"{self._path}: cannot be written: {error}") from error
