"""Scores of perceived scenes against the truth of the renderer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.scores.score_file import Score

LEAST_SHARE = 0.001
"""Share of the picture that a thing must fill in two looks to count as detectable: 300 pixels of 640 x 480."""
CLOSE = 0.05
"""Least distance from the true centre within which something found is that thing, m; else half its length."""
NEAR = (0.7, 1.3)
"""Distances that count as 1 m, m."""


@dataclass(frozen=True, slots=True)
class SceneScore(Score):
    """What was found in one scene.

    Attributes:
        seed: The scene.
        kind: Table or floor.
        things: How many could be found.
        found: How many of these were.
        false: How many were found that are not there.
        errors: Distance of each found centre from the true one, m, the camera's distance, m, and the true shape.
        colours: How many of those found have their true colour name.
        shapes: How many have their true shape.
        relations: How many of the relations between those found are right, and how many there are.
        hidden: Whether something was hidden for five seconds.
        kept: Whether it was the same thing before, meanwhile and afterwards.
        look_seconds: Time on a core for each look, s.
    """

    kind: str
    things: int
    found: int
    false: int
    errors: tuple[tuple[float, float, str], ...]
    colours: int
    shapes: int
    relations: tuple[int, int]
    hidden: bool
    kept: bool
    look_seconds: tuple[float, ...] = field(default=())

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SceneScore:
        """From plain data; raises KeyError, TypeError or ValueError where something is missing or wrong."""
        values = {**data, "errors": tuple((float(e), float(d), str(s)) for e, d, s in data["errors"])}
        values["relations"] = tuple(data["relations"])
        values["look_seconds"] = tuple(data["look_seconds"])
        return cls(**values)


def matched(truth: Sequence[SceneObject], found: Sequence[SceneObject]) -> dict[str, str]:
    """Ids of true things and of what was found at their place, each once."""
    if not truth or not found:
        return {}
    gaps = np.array([[math.dist(a.position, b.position) for b in found] for a in truth])
    limit = np.array([max(CLOSE, max(a.size) / 2) for a in truth])[:, None]
    cost = np.where(gaps <= limit, gaps / limit, 1e3)
    rows, columns = linear_sum_assignment(cost)
    return {truth[r].id: found[c].id for r, c in zip(rows, columns) if cost[r, c] < 1e3}


def summary(scores: Sequence[SceneScore]) -> dict[str, Any]:
    """The figures of many scenes; counts with their 95 % intervals."""
    near = [e for s in scores for e, reach, _ in s.errors if NEAR[0] <= reach <= NEAR[1]]
    everywhere = [e for s in scores for e, _, _ in s.errors]
    found, things = sum(s.found for s in scores), sum(s.things for s in scores)
    false = sum(s.false for s in scores)
    kept = [s.kept for s in scores if s.hidden]
    looks = [t for s in scores for t in s.look_seconds]
    right, pairs = (sum(s.relations[i] for s in scores) for i in (0, 1))
    return {
        "scenes": len(scores),
        "recall": _share(found, things),
        "precision": _share(found, found + false),
        "position_error_at_1_m": _spread(near),
        "position_error": _spread(everywhere),
        "relation_accuracy": _share(right, pairs),
        "identity_through_5_s": _share(sum(kept), len(kept)),
        "colour_accuracy": _share(sum(s.colours for s in scores), found),
        "shape_accuracy": _share(sum(s.shapes for s in scores), found),
        "look_ms": {"median": _percentile(looks, 50, 1e3), "p99": _percentile(looks, 99, 1e3)},
    }


LIMITS = {"recall": 0.9, "precision": 0.9, "relation_accuracy": 0.95, "identity_through_5_s": 0.9}
"""Least shares."""
POSITION_LIMIT = 0.015
"""Largest mean error of a place at 1 m, m."""


def misses(figures: Mapping[str, Any]) -> list[str]:
    """Missed limits, in words; empty when everything holds."""
    out = []
    for name, limit in LIMITS.items():
        share = figures[name]["share"]
        if share is not None and share < limit:
            out.append(f"{name} {share:.3f} is below {limit}")
    mean = figures["position_error_at_1_m"]["mean"]
    if mean is not None and mean > POSITION_LIMIT:
        out.append(f"position error at 1 m is {100 * mean:.1f} cm, above {100 * POSITION_LIMIT:.1f} cm")
    return out


def _share(part: int, whole: int) -> dict[str, Any]:
    if not whole:
        return {"share": None, "count": 0, "of": 0, "interval": None}
    return {"share": part / whole, "count": part, "of": whole, "interval": list(success_interval(part, whole))}


def _spread(values: Sequence[float]) -> dict[str, Any]:
    mean = float(np.mean(values)) if values else None
    return {"mean": mean, "median": _percentile(values, 50), "p90": _percentile(values, 90), "count": len(values)}


def _percentile(values: Sequence[float], share: float, scale: float = 1.0) -> float | None:
    return float(np.percentile(values, share)) * scale if values else None
