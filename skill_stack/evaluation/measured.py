"""Measured results of skills: what ``results.json`` beside a ``skill.yaml`` holds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import success_interval


def measured_results(episodes: Sequence[Episode], conditions: str) -> dict[str, Any]:
    """Counts, interval and spread of the figures of one skill.

    Args:
        episodes: Its episodes.
        conditions: In which worlds, in one sentence.
    """
    successes = sum(episode.passed for episode in episodes)
    figures = {}
    for name in sorted({name for episode in episodes for name in episode.measured}):
        values = [episode.measured[name] for episode in episodes if name in episode.measured]
        figures[name] = {"smallest": min(values), "median": statistics.median(values), "largest": max(values)}
    return {
        "episodes": len(episodes),
        "successes": successes,
        "interval": list(success_interval(successes, len(episodes))),
        "confidence": 0.95,
        "conditions": conditions,
        "seeds": ", ".join(str(episode.seed) for episode in episodes),
        "figures": _rounded(figures),
        "failures": [{"seed": e.seed, "reason": e.reason} for e in episodes if not e.passed],
    }


def write_results(folder: Path, results: dict[str, Any]) -> Path:
    """Writes ``results.json`` into a skill's folder.

    Raises:
        DataError: There is no such folder, or it cannot be written to.
    """
    path = folder / "results.json"
    try:
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error}") from error
    return path


def _rounded(data: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Millimetres and milliradians are finer than anything measured here."""
    return {name: {key: round(value, 3) for key, value in row.items()} for name, row in data.items()}
