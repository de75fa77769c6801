"""Score of one switch between skills of a robot or a hand, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, mean, share
from skill_stack.evaluation.scores.score_file import Score

RIGHT, FASTER = 0.95, 0.8
"""Least share of decisions that are right, and of switches that are faster than finishing first."""
CHOICES: Mapping[str, frozenset[str]] = {
    "free": frozenset({"at once", "slow down"}),
    "contact": frozenset({"advance", "roll back", "leave through"}),
    "holding": frozenset({"leave through"}),
}
"""What is right by what truly carries the robot."""


def grip_choices(true: str, goal: str) -> frozenset[str]:
    """What is right for a hand by what it truly holds.

    A thing that stands somewhere may be let go of there, and one that hangs in the air is put down first; who goes on
    with a thing that the fingers do not carry yet closes them to the end.

    Args:
        true: ``free``, ``contact`` or ``holding``, the latter two with ``in the air`` where nothing else carries it.
        goal: ``near``, ``same`` or ``far``.
    """
    if true == "free":
        return frozenset({"at once"}) if goal == "far" else frozenset({"at once", "advance"})
    if goal == "far":
        return frozenset({"leave through"} if "in the air" in true else {"roll back", "leave through"})
    return frozenset({"advance"} if true == "contact" else {"at once", "advance"})


@dataclass(frozen=True, slots=True)
class SwitchScore(Score):
    """One switch.

    Attributes:
        seed: Its seed.
        words: From what to what.
        kind: What truly carried the robot, or what the hand truly held, and how near the new goal was.
        choice: How it was left; empty where the same skill went on.
        right: Whether that is right by what truly carried it.
        fallen: Whether it fell, or what the hand held did.
        seconds: Until what was asked for began, s.
        finished: The same where the first is finished before, s; 0 where nothing was left to finish.
        reason: What was wrong, or an empty string.
    """

    words: str
    kind: str
    choice: str
    right: bool
    fallen: bool
    seconds: float
    finished: float
    reason: str

    @property
    def passed(self) -> bool:
        """Whether it began, was right, and nobody fell."""
        return not self.reason


def switch_figures(scores: Sequence[SwitchScore]) -> dict[str, Any]:
    """The figures of many switches."""
    compared = [one for one in scores if one.finished]
    return {
        "switches": len(scores),
        "right": share(sum(one.right for one in scores), len(scores)),
        "falls": sum(one.fallen for one in scores),
        "not_begun": sum("did not begin" in one.reason for one in scores),
        "faster": share(sum(one.seconds < one.finished for one in compared), len(compared)),
        "seconds": mean([one.seconds for one in compared]),
        "seconds_finishing": mean([one.finished for one in compared]),
        "kinds": by_kind((one.kind, one.passed) for one in scores),
    }  # fmt: skip


def switch_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    out = [f"{figures['falls']} falls, none allowed"] if figures["falls"] else []
    for name, least in (("right", RIGHT), ("faster", FASTER)):
        if (figures[name]["share"] or 0.0) < least:
            out.append(f"{name} {figures[name]['share'] or 0.0:.3f}, to reach {least}")
    return out
