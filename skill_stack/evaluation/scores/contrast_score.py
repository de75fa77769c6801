"""Score of one task with something, such as a choice or a camera, and without it, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class ContrastScore(Score):
    """One task.

    Attributes:
        seed: Its seed.
        words: The instruction.
        kind: Its kind.
        done: Whether it was done, by the truth.
        without: The same without what is compared.
        reason: What was wrong, or an empty string.
        seconds: Task time, s.
    """

    words: str
    kind: str
    done: bool
    without: bool
    reason: str
    seconds: float


def contrast_figures(scores: Sequence[ContrastScore]) -> dict[str, Any]:
    """The figures of many tasks."""
    return {
        "tasks": len(scores),
        "done": share(sum(one.done for one in scores), len(scores)),
        "done_without": share(sum(one.without for one in scores), len(scores)),
        "kinds": by_kind((one.kind, one.done) for one in scores),
        "kinds_without": by_kind((one.kind, one.without) for one in scores),
    }  # fmt: skip


def contrast_misses(figures: Mapping[str, Any], least: float, gain: float) -> list[str]:
    """The limits that figures miss.

    Args:
        figures: Of :func:`contrast_figures`.
        least: Least share done.
        gain: By how much more must be done than without.
    """
    done, without = figures["done"]["share"] or 0.0, figures["done_without"]["share"] or 0.0
    out = [f"done {done:.3f}, to reach {least}"] if done < least else []
    if done - without < gain:
        out.append(f"done {done:.3f} and without {without:.3f}, {gain} apart are to be")
    return out
