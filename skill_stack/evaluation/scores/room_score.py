"""Score of one walk through rooms whose doors close and open, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, ratio, share
from skill_stack.evaluation.scores.score_file import Score

LONGEST = 1.5
"""Largest length of the path, relative to that of a robot that knows every change at once."""


@dataclass(frozen=True, slots=True)
class RoomScore(Score):
    """One walk.

    Attributes:
        seed: Its seed.
        words: The instruction.
        kind: What changes.
        reached: Whether it reached the goal, by the truth.
        retried: Doors found closed that it came to again although they had stayed closed.
        length: Length of the true path, m.
        known: The same for a robot with the true map at every moment, m; 0 where that one did not arrive.
        reason: What was wrong, or an empty string.
        seconds: Task time, s.
    """

    words: str
    kind: str
    reached: bool
    retried: int
    length: float
    known: float
    reason: str
    seconds: float

    @property
    def ratio(self) -> float:
        """Length relative to that with the true map; 0 where there is none to compare with."""
        return self.length / self.known if self.reached and self.known else 0.0


def room_figures(scores: Sequence[RoomScore]) -> dict[str, Any]:
    """The figures of many walks."""
    compared = [one for one in scores if one.ratio]
    ratios = sorted(one.ratio for one in compared)
    return {
        "rooms": len(scores),
        "reached": share(sum(one.reached for one in scores), len(scores)),
        "retried_doors": sum(one.retried for one in scores),
        "compared": len(compared),
        "length_to_known": ratio([one.length for one in compared], [one.known for one in compared]),
        "within_length": share(sum(one <= LONGEST for one in ratios), len(ratios)),
        "longest_to_known": ratios[-1] if ratios else 0.0,
        "kinds": by_kind((one.kind, one.reached) for one in scores),
    }  # fmt: skip


def room_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    out = []
    if figures["reached"]["count"] != figures["reached"]["of"]:
        out.append(f"reached {figures['reached']['count']} of {figures['reached']['of']}, to reach all")
    if (longer := figures["length_to_known"]["value"] or 0.0) > LONGEST:
        out.append(f"paths {longer:.2f} times as long as with the true map, at most {LONGEST}")
    if figures["retried_doors"]:
        out.append(f"{figures['retried_doors']} closed doors tried again")
    return out
