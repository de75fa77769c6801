"""Score of one walk in a drawn world, and what the measurements of walks tell of worlds that are left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.evaluation.measured import seeds_text
from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score
from skill_stack.runtime.rehearsal.responses import IDENTIFIED, RESPONSES, WORLD, Responses, WorldResponse

PARTS = 5
"""Parts of the walks, each of which is judged by the others."""
COVERED = 0.85
"""Least share of worlds whose quantities lie within their 90 % ranges: what is left of 0.9 by sampling."""


@dataclass(frozen=True, slots=True)
class ResponseScore(Score):
    """One walk.

    Attributes:
        seed: Its seed.
        world: The world, by names of :data:`WORLD`.
        felt: What the robot measured, by names of :data:`FELT`; empty where it could not.
        outcome: How the walk ended.
    """

    world: dict[str, float]
    felt: dict[str, float]
    outcome: str


def response_figures(scores: Sequence[ResponseScore]) -> dict[str, Any]:
    """How well each world is told from the measurements of its walk and the worlds of other parts."""
    used = [one for one in scores if one.felt]
    rows = [WorldResponse(**one.world, **one.felt) for one in used]
    out: dict[str, Any] = {"walks": len(used)}
    made = [
        Responses(skill="left out", runs=tuple(row for n, row in enumerate(rows) if n % PARTS != part)).counted()
        for part in range(PARTS)
    ]
    ranges = [made[n % PARTS].worlds(np.array(list(one.felt.values()))) for n, one in enumerate(used)]
    for name in WORLD:
        pairs = ((given[name], one.world[name]) for given, one in zip(ranges, used, strict=True))
        inside = sum(low <= value <= high for (low, high), value in pairs)
        drawn = np.quantile([one.world[name] for one in used], (0.05, 0.95))
        out[name] = share(inside, len(used))
        out[f"{name}_width"] = float(np.median([high - low for low, high in (one[name] for one in ranges)]))
        out[f"{name}_drawn"] = float(drawn[1] - drawn[0])
    return out


def response_misses(figures: Mapping[str, Any]) -> list[str]:
    """Ranges that hold the truth too seldom."""
    return [
        f"{name} within its range {figures[name]['share']:.3f}, to reach {COVERED}"
        for name in IDENTIFIED
        if (figures[name]["share"] or 0.0) < COVERED
    ]


def save_responses(folder: Path, skill: str, scores: Sequence[ResponseScore], version: str) -> Path:
    """Writes what robots of a kind measure in simulation.

    Args:
        folder: Folder of the robot's skills.
        skill: The skill that walked.
        scores: The walks.
        version: What they were walked with.

    Raises:
        DataError: It cannot be written.
    """
    rows = tuple(WorldResponse(**one.world, **one.felt) for one in scores if one.felt)
    made = Responses(skill=skill, seeds=seeds_text([one.seed for one in scores]), version=version, runs=rows).counted()
    lines = ",\n  ".join(json.dumps(row.model_dump()) for row in made.runs)
    head = json.dumps(made.model_dump(exclude={"runs"}))[:-1]
    path = folder / RESPONSES
    try:
        path.write_text(f'{head}, "runs": [\n  {lines}\n]}}\n', "utf-8")
    except OSError as error:
        raise DataError(f"the responses cannot be written: {error}") from error
    return path
