"""Score of one choice among spoilt proposals, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

ENOUGH = 0.95
"""Least share of accepted plans that are right."""


@dataclass(frozen=True, slots=True)
class ProposalScore(Score):
    """One instruction.

    Attributes:
        seed: Its seed.
        words: The instruction.
        kind: The task.
        spoilt: How many of the proposals were.
        accepted: Whether a plan was accepted; else a person is asked.
        right: Whether the accepted plan did what the words ask for, by truth.
        first: Whether the first proposal did.
        reason: What was wrong, or why none was accepted.
        seconds: Processor time of the choice, s.
    """

    words: str
    kind: str
    spoilt: int
    accepted: bool
    right: bool
    first: bool
    reason: str
    seconds: float


def proposal_figures(scores: Sequence[ProposalScore]) -> dict[str, Any]:
    """The figures of many instructions."""
    accepted = [one for one in scores if one.accepted]
    spent = sorted(one.seconds for one in scores)
    return {
        "instructions": len(scores),
        "accepted": share(len(accepted), len(scores)),
        "accepted_right": share(sum(one.right for one in accepted), len(accepted)),
        "first_right": share(sum(one.first for one in scores), len(scores)),
        "proposals_spoilt": share(sum(one.spoilt for one in scores), 5 * len(scores)),
        "seconds": spent[len(spent) // 2] if spent else None,
        "kinds": by_kind((one.kind, one.right) for one in accepted),
    }


def proposal_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    found = figures["accepted_right"]["share"] or 0.0
    return [] if found >= ENOUGH else [f"accepted plans right {found:.3f}, to reach {ENOUGH}"]
