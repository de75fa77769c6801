"""Score of one injected failure, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class FailureScore(Score):
    """One scene.

    Attributes:
        seed: Its seed.
        words: What was asked for.
        kind: The injected cause.
        told: The cause that the sentence tells; empty where it tells none, or the step did not fail.
        named: Whether it is the injected one.
        reason: What was wrong, or an empty string.
        sentence: What the robot said.
    """

    words: str
    kind: str
    told: str
    named: bool
    reason: str
    sentence: str


def failure_figures(scores: Sequence[FailureScore]) -> dict[str, Any]:
    """The figures of many scenes."""
    return {
        "scenes": len(scores),
        "named": share(sum(one.named for one in scores), len(scores)),
        "told": share(sum(bool(one.told) for one in scores), len(scores)),
        "kinds": by_kind((one.kind, one.named) for one in scores),
    }  # fmt: skip


def failure_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss: every cause is named."""
    found = figures["named"]
    return [] if found["count"] == found["of"] else [f"named {found['count']} of {found['of']}, to reach all"]
