"""Scores of answers to spatial questions, and one figure of capability."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

LIMITS = {
    "single view": 0.95, "several views": 0.95, "over time": 0.9, "frame viewer": 0.95, "frame own": 0.95,
    "frame world": 0.95, "disagreement": 0.95, "pointing": 0.9, "parts": 0.8, "axes": 0.8, "free places": 0.95,
    "placing": 0.85, "instance": 0.85, "absence": 0.9, "changed thing": 0.95, "no false success": 0.98,
}  # fmt: skip
"""Least share of right answers of each level."""
COMPOSITES = ("two", "three")
"""Kinds of questions of several steps, by their first word."""
QUESTIONS = ("single view", "several views", "over time")
"""Levels of questions."""
WEIGHTS = {
    "single view": 2.0, "several views": 2.0, "over time": 2.0, "frame viewer": 0.5, "frame own": 0.5,
    "frame world": 0.5, "disagreement": 1.0, "pointing": 1.0,
}  # fmt: skip
"""Weights of the levels in the capability score."""


@dataclass(frozen=True, slots=True)
class SpatialScore(Score):
    """Questions about one room.

    Attributes:
        seed: The room.
        answers: Level, kind, question, answer, and whether it is right, of each.
        seconds: Time for each answer, s.
    """

    answers: tuple[tuple[str, str, str, str, bool], ...]
    seconds: tuple[float, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SpatialScore:
        """From plain data; raises KeyError, TypeError or ValueError where something is missing or wrong."""
        answers = tuple((str(a), str(b), str(c), str(d), bool(e)) for a, b, c, d, e in data["answers"])
        return cls(int(data["seed"]), answers, tuple(data["seconds"]))


def spatial_figures(scores: Sequence[SpatialScore]) -> dict[str, Any]:
    """The figures of many rooms: by level, by kind within each, composites beside the product of their parts."""
    rows = [answer for score in scores for answer in score.answers]
    figures: dict[str, Any] = {"rooms": len(scores), "capability": capability(rows)}
    for level in (*LIMITS, *sorted({row[0] for row in rows} - set(LIMITS))):
        right = [row[4] for row in rows if row[0] == level]
        figures[level] = share(sum(right), len(right))
    for level in (*QUESTIONS, "parts", "axes"):
        figures[f"{level}, by kind"] = by_kind((row[1], row[4]) for row in rows if row[0] == level)
    simple = [row[4] for row in rows if row[0] in QUESTIONS and ": " not in row[1]]
    single = sum(simple) / max(len(simple), 1)
    for number, name in enumerate(COMPOSITES, 2):
        right = [row[4] for row in rows if row[1].startswith(f"{name}: ")]
        figures[f"composites of {name}"] = share(sum(right), len(right))
        figures[f"product of {name} parts"] = single**number
    figures["answer_ms"] = 1e3 * statistics.median([0.0, *(one for score in scores for one in score.seconds)])
    return figures


def capability(rows: Iterable[tuple[str, str, str, str, bool]]) -> float:
    """One figure from 0 to 100: the weighted share of right answers of the levels that were asked."""
    counts: dict[str, list[bool]] = {}
    for row in rows:
        if row[0] in WEIGHTS:
            counts.setdefault(row[0], []).append(row[4])
    weight = sum(WEIGHTS[level] for level in counts)
    return 100 * sum(WEIGHTS[level] * sum(right) / len(right) for level, right in counts.items()) / (weight or 1.0)


def spatial_misses(figures: Mapping[str, Any]) -> list[str]:
    """What falls short, in words."""
    out = [
        f"{level} {figures[level]['share']:.3f} is below {least}"
        for level, least in LIMITS.items()
        if figures[level]["share"] is not None and figures[level]["share"] < least
    ]
    for number in COMPOSITES:
        part = figures[f"composites of {number}"]["share"]
        if part is not None and part < figures[f"product of {number} parts"]:
            out.append(f"composites of {number} {part:.3f} are worse than the product of their parts")
    return out
