"""Measured results of skills: what ``results.json`` beside a ``skill.yaml`` holds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.suite import Suite, Task

FILE = "results.json"


def spread(episodes: Sequence[Episode]) -> dict[str, dict[str, float]]:
    """Smallest, median and largest of every figure, to a thousandth."""
    return spread_of([episode.measured for episode in episodes])


def spread_of(measured: Sequence[Mapping[str, float | None]]) -> dict[str, dict[str, float]]:
    """The same of bare figures; None counts as not there."""
    figures = {}
    for name in sorted({name for one in measured for name in one}):
        values = [value for one in measured if (value := one.get(name)) is not None]
        if not values:
            continue
        row = {"smallest": min(values), "median": statistics.median(values), "largest": max(values)}
        figures[name] = {key: round(value, 3) for key, value in row.items()}
    return figures


def measured_results(suite: Suite, task: Task, episodes: Sequence[Episode], version: str) -> dict[str, Any]:
    """Counts, interval and spread of the figures of one skill.

    Args:
        suite: The suite.
        task: Its task.
        episodes: Episodes of the task.
        version: What they were measured with.
    """
    successes = sum(episode.passed for episode in episodes)
    worlds = {
        "scene": task.scene or suite.scene,
        "randomisation": suite.randomisation.model_dump(exclude_none=True),
        "perturbations": suite.perturbations.model_dump(exclude_defaults=True),
    }
    return {
        "suite": suite.name,
        "task": task.name,
        "episodes": len(episodes),
        "successes": successes,
        "interval": [round(end, 4) for end in success_interval(successes, len(episodes))],
        "confidence": CONFIDENCE,
        "counts": counts(successes, len(episodes)),
        "success": [demand.text for demand in task.success],
        "conditions": worlds,
        "seeds": seeds_text([episode.seed for episode in episodes]),
        "version": version,
        "figures": spread(episodes),
        "failures": [{"seed": e.seed, "reason": e.reason} for e in episodes if not e.passed],
    }


def seeds_text(seeds: Sequence[int]) -> str:
    """Seeds as people write them, e.g. ``1-100``."""
    stretches: list[list[int]] = []
    for seed in sorted(seeds):
        if stretches and seed == stretches[-1][1] + 1:
            stretches[-1][1] = seed
        else:
            stretches.append([seed, seed])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in stretches)


def read_results(folder: Path) -> dict[str, Any]:
    """What is in a skill's results file; nothing when there is none.

    Raises:
        DataError: The file holds something else.
    """
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise DataError(f"{path}: holds no results")
    return data


def write_results(folder: Path, results: dict[str, Any]) -> Path:
    """Writes results into a skill's folder; tables of other measurements in the file stay.

    Raises:
        DataError: There is no such folder, or it cannot be written to.
    """
    path = folder / FILE
    kept = {name: value for name, value in read_results(folder).items() if name not in results}
    try:
        path.write_text(json.dumps({**results, **kept}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error}") from error
    return path
