"""Score of one run of practice, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.practice_suite import PracticeLimits
from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class PracticeScore(Score):
    """One run.

    Attributes:
        seed: Its seed.
        robot: Whose.
        words: The goal.
        key: Its canonical form.
        scene: Why the scene of the seed was refused, or an empty string.
        asked: ``goal``, or ``other`` where the robot was asked for something else than it was judged by.
        ran: Whether the goal was tried at all.
        seen: Whether it was reached, by what the robot measured.
        ended: Whether the skill itself reported success.
        true: Whether it was reached in truth.
        reason: Why not, as far as the robot could tell.
        labels: What the run was an example of, counted.
        labels_true: How many of these are true.
        cpu: Processor time, s.
    """

    robot: str
    words: str
    key: str
    scene: str
    asked: str
    ran: bool
    seen: bool
    ended: bool
    true: bool
    reason: str
    labels: int
    labels_true: int
    cpu: float


def practice_figures(scores: Sequence[PracticeScore]) -> dict[str, Any]:
    """The figures of many runs."""
    proposed = {one.key: one for one in reversed(scores) if one.asked == "goal"}.values()
    ran = [one for one in scores if one.ran]
    good, bad = [one for one in ran if one.true], [one for one in ran if not one.true]
    return {
        "scenes": _share([not one.scene for one in scores]),
        "feasible": _share([one.seen and one.ended and one.true for one in proposed]),
        "judged": _share([one.seen == one.true for one in ran]),
        "successes_seen": _share([one.seen for one in good]),
        "failures_seen": _share([not one.seen for one in bad]),
        **_label_figures(ran),
        "cpu_seconds": sum(one.cpu for one in scores),
    }


def _label_figures(ran: Sequence[PracticeScore]) -> dict[str, Any]:
    """The figures of what runs were examples of."""
    return {
        "labels": share(sum(one.labels_true for one in ran), sum(one.labels for one in ran)),
        "runs_all_labels_true": _share([one.labels == one.labels_true for one in ran if one.labels]),
        "failed_runs_with_labels": _share([one.labels > 0 for one in ran if not one.seen]),
    }


def _share(answers: Sequence[bool]) -> dict[str, Any]:
    """How many of some answers are yes."""
    return share(sum(answers), len(answers))


def practice_misses(figures: Mapping[str, Any], limits: PracticeLimits) -> list[str]:
    """The limits that figures miss."""
    least = {
        "scenes": limits.scenes, "feasible": limits.feasible, "judged": limits.judged, "successes_seen": limits.judged,
        "failures_seen": limits.judged, "labels": limits.labels,
    }  # fmt: skip
    shares = {name: figures[name]["share"] for name in least}
    return [
        f"{name} {found:.3f}, to reach {least[name]}"
        for name, found in shares.items()
        if found is not None and found < least[name]
    ]
