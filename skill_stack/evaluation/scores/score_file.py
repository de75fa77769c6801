"""ScoreFile: scored scenes, so that a measurement can continue."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from skill_stack.core.errors import DataError

One = TypeVar("One", bound="Score")


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured in one scene.

    Attributes:
        seed: The scene.
    """

    seed: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls: type[One], data: Mapping[str, Any]) -> One:
        """From plain data; raises KeyError, TypeError or ValueError where something is missing or wrong."""
        return cls(**data)


class ScoreFile(Generic[One]):
    """Scores by seed, of one version of the software; the file is rewritten each time, so it is never truncated."""

    def __init__(
        self, folder: Path, name: str, version: str, parse: Callable[[dict[str, Any]], One], fresh: bool = False
    ) -> None:
        """Reads existing scores; an unreadable file is ignored.

        Args:
            folder: Where the file lies.
            name: What is measured.
            version: Of everything that the scores depend on.
            parse: Reads one score; raises KeyError, TypeError or ValueError where it cannot.
            fresh: What is in it already does not count.
        """
        self._path = folder / f"{name}-{version}.json"
        self.scores: dict[int, One] = {}
        if fresh:
            return
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self.scores = {score.seed: score for score in map(parse, rows)}
        except (OSError, ValueError, KeyError, TypeError):
            self.scores = {}

    def add(self, score: One) -> None:
        """Keeps a score.

        Raises:
            DataError: The file cannot be written.
        """
        self.scores[score.seed] = score
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps([one.to_json() for one in self.scores.values()]), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            raise DataError(f"{self._path}: cannot be written: {error}") from error
