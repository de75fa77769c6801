"""Results of pointing on tables: how far off two answers are, what picks made of them, and which one people prefer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.evaluation.pointing_votes import PointingBallot, PointingVote
from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score

EDGES = (0.01, 0.02, 0.04, 0.08)
"""Distances between which picks are counted apart, m."""
SIGMAS = 1.959964
"""Of a normal distribution, for an interval of 95 %."""
LEAST = 4
"""Answers from which on a correlation has an interval."""


@dataclass(frozen=True, slots=True)
class PointingScore(Score):
    """One table with two answers.

    Attributes:
        seed: The table.
        words: What was to be pointed to.
        picture: SHA-256 of the JPEG that people see.
        size: Its width and height, pixels.
        conventions: In which each answer was given.
        pixels: Column and row of each.
        errors: Distance of each point from the middle of what was meant, seen from above, m.
        picked: Whether the hand picked up what was meant, by each.
    """

    words: str
    picture: str
    size: Sequence[int]
    conventions: Sequence[str]
    pixels: Sequence[Sequence[float]]
    errors: Sequence[float]
    picked: Sequence[bool]

    def ballot(self) -> PointingBallot:
        """What people are shown of it."""
        (a, b), (c, d) = self.pixels
        return PointingBallot(self.picture, self.words, (int(self.size[0]), int(self.size[1])), ((a, b), (c, d)))


def pointing_figures(scores: Sequence[PointingScore], votes: Iterable[PointingVote] = ()) -> dict[str, Any]:
    """The figures of many tables.

    Args:
        scores: The tables.
        votes: Of people, on any tables; those on others are not counted.
    """
    pairs = [(error, bool(done)) for one in scores for error, done in zip(one.errors, one.picked)]
    value, interval = correlation(pairs)
    alone = [one for one in scores if one.picked[0] != one.picked[1]]
    ballots = {one.ballot().key: one for one in scores}
    counted = [vote for vote in votes if vote.answers in ballots]
    chosen = [(vote, ballots[vote.answers]) for vote in counted if vote.chosen != "neither"]
    preferred = [one.ballot().meant(vote.chosen) for vote, one in chosen]
    return {
        "tables": len(scores),
        "picked": share(sum(done for _, done in pairs), len(pairs)),
        "correlation": value,
        "correlation_95": interval,
        **{f"picked_{name}": share(*counts) for name, counts in _by_distance(pairs).items()},
        "picked_alone": _wins(one.conventions[one.picked.index(True)] for one in alone),
        "votes": len(counted),
        "votes_without_preference": len(counted) - len(chosen),
        "preferred": _wins(one.conventions[number] for number, (_, one) in zip(preferred, chosen)),
        "preferred_is_nearer": share(
            sum(one.errors[n] <= one.errors[1 - n] for n, (_, one) in zip(preferred, chosen)), len(chosen)
        ),
        "preferred_is_picked": share(
            sum(one.picked[n] for n, (_, one) in zip(preferred, chosen) if one.picked[0] != one.picked[1]),
            sum(one.picked[0] != one.picked[1] for _, one in chosen),
        ),
    }  # fmt: skip


def correlation(pairs: Sequence[tuple[float, bool]]) -> tuple[float | None, list[float] | None]:
    """Point-biserial correlation of distance and success with its 95 % interval by Fisher's transformation.

    Args:
        pairs: Distance, m, and success of each answer.

    Returns:
        Value and interval; None where all succeed, all fail, or there are too few.
    """
    values, done = np.array([a for a, _ in pairs]), np.array([float(b) for _, b in pairs])
    if len(pairs) < LEAST or values.std() == 0.0 or done.std() == 0.0:
        return None, None
    value = float(np.corrcoef(values, done)[0, 1])
    middle, half = math.atanh(max(min(value, 1 - 1e-9), 1e-9 - 1)), SIGMAS / math.sqrt(len(pairs) - 3)
    return value, [math.tanh(middle - half), math.tanh(middle + half)]


def _by_distance(pairs: Sequence[tuple[float, bool]]) -> Mapping[str, tuple[int, int]]:
    """Successes and answers by distance, in cm."""
    found = {}
    for low, high in zip((0.0, *EDGES), (*EDGES, math.inf)):
        some = [done for error, done in pairs if low <= error < high]
        name = f"{100 * low:g}_to_{100 * high:g}_cm" if math.isfinite(high) else f"from_{100 * low:g}_cm"
        found[name] = (sum(some), len(some))
    return found


def _wins(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(names).items())) or "none"
