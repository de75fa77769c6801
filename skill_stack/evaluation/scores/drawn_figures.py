"""Figures of searches and of seen success, and which limits they miss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from skill_stack.evaluation.interval import bootstrap, success_interval

Array = np.ndarray


class Searched(Protocol):
    """One search and the truth."""

    there: bool
    right: bool
    path: float
    even: float


class SearchedTwice(Protocol):
    """One flat, searched by views and by random frontiers."""

    views: Any
    frontiers: Any


class Judged(Protocol):
    """One run of a skill, and what was seen of it."""

    failure: str
    answer: str
    right: bool
    looks: int


FOUND, ABSENT, RATIO = 0.9, 0.9, 0.7
"""Least shares of things found and of absences right, and largest ratio of the path to that of random frontiers."""
RIGHT, FALSE = 0.95, 0.02
"""Least share of runs judged rightly, and largest share of failures taken for success."""


def by_kind(outcomes: Iterable[tuple[str, bool]]) -> list[dict[str, Any]]:
    """Rows of successes, episodes and the 95 % interval by kind, from the kind and the outcome of each episode."""
    rows: dict[str, dict[str, Any]] = {}
    for kind, passed in outcomes:
        row = rows.setdefault(kind, {"task": kind, "successes": 0, "episodes": 0})
        row["successes"] += passed
        row["episodes"] += 1
    for row in rows.values():
        row["interval"] = list(success_interval(row["successes"], row["episodes"]))
    return [rows[kind] for kind in sorted(rows)]


def share(part: int, whole: int) -> dict[str, Any]:
    """A share with its counts and its 95 % interval."""
    interval = list(success_interval(part, whole)) if whole else None
    return {"share": part / whole if whole else None, "count": part, "of": whole, "interval": interval}


def mean(values: Sequence[float]) -> dict[str, Any]:
    """A mean with its 95 % interval by the bootstrap; none of fewer than three values."""
    return _estimate(np.mean, values)


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> dict[str, Any]:
    """A ratio of sums over the same episodes with its 95 % interval by the bootstrap over episodes."""

    def of_sums(part: Array, whole: Array, axis: int = -1) -> Array:
        return np.asarray(part.sum(axis=axis) / whole.sum(axis=axis))

    return _estimate(of_sums, parts, wholes)


def _estimate(statistic: Callable[..., Any], *samples: Sequence[float]) -> dict[str, Any]:
    arrays = [np.array(sample, dtype=float) for sample in samples]
    count = len(arrays[0])
    value = float(statistic(*arrays, axis=-1)) if count else None
    ends = list(bootstrap(statistic, *arrays)) if count > 2 else []  # of two, no resample tells how the statistic bends
    return {"value": value, "of": count, "interval": ends if ends and np.isfinite(ends).all() else None}


def search_figures(scores: Sequence[SearchedTwice]) -> dict[str, Any]:
    """The figures of many flats."""
    there = [one.views for one in scores if one.views.there]
    gone = [one.views for one in scores if not one.views.there]
    ours, other = sum(one.views.path for one in scores), sum(one.frontiers.path for one in scores)
    even = sum(one.frontiers.even for one in scores)
    return {
        "flats": len(scores),
        "found": share(sum(one.right for one in there), len(there)),
        "absences_right": share(sum(one.right for one in gone), len(gone)),
        "path": ours,
        "path_of_frontiers": other,
        "path_ratio": ours / other if other else None,
        "ratio_as_much_seen": ours / even if even else None,
        "frontiers_right": share(sum(one.frontiers.right for one in scores), len(scores)),
    }


def search_misses(figures: dict[str, Any]) -> list[str]:
    """What falls short, in words."""
    out = [
        f"{name} {figures[name]['share']:.3f} is below {least}"
        for name, least in (("found", FOUND), ("absences_right", ABSENT))
        if figures[name]["share"] is not None and figures[name]["share"] < least
    ]
    ratio = figures["path_ratio"]
    return [*out, f"path_ratio {ratio:.2f} is above {RATIO}"] if ratio is not None and ratio > RATIO else out


def success_figures(scores: Sequence[Judged]) -> dict[str, Any]:
    """The figures of many runs."""
    false = sum(one.answer == "succeeded" and bool(one.failure) for one in scores)
    return {
        "runs": len(scores),
        "with_failures": sum(bool(one.failure) for one in scores),
        "right": share(sum(one.right for one in scores), len(scores)),
        "false_success": share(false, len(scores)),
        "cannot_tell": share(sum(one.answer == "cannot tell" for one in scores), len(scores)),
        "looked_again": sum(one.looks > 1 for one in scores),
    }


def success_misses(figures: dict[str, Any]) -> list[str]:
    """What falls short, in words."""
    right, false = figures["right"]["share"], figures["false_success"]["share"]
    out = [f"right {right:.3f} is below {RIGHT}"] if right is not None and right < RIGHT else []
    return [*out, f"false_success {false:.3f} is above {FALSE}"] if false is not None and false > FALSE else out
