"""ScoreFile: scenes that are scored, so that a measurement goes on where it was ended."""

from __future__ import annotations

import json
import os
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.evaluation.perception_score import SceneScore


class ScoreFile:
    """Scores by seed, of one version of the software; written whole each time, so that none is cut off."""

    def __init__(self, folder: Path, version: str, fresh: bool = False) -> None:
        """Reads what there is; a file that cannot be understood counts for nothing.

        Args:
            folder: Where the file lies.
            version: Of everything that the scores depend on.
            fresh: What is in it already does not count.
        """
        self._path = folder / f"perception-{version}.json"
        self.scores: dict[int, SceneScore] = {}
        if fresh:
            return
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self.scores = {score.seed: score for score in map(SceneScore.from_json, rows)}
        except (OSError, ValueError, KeyError, TypeError):
            self.scores = {}

    def add(self, score: SceneScore) -> None:
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
