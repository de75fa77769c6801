"""Hunches: which of the possible explanations of failures are tried together, and which is left out again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.planner.memory.candidates import always_brings
from skill_stack.planner.memory.features import ActionManner
from skill_stack.planner.memory.piece_of_advice import fact_of, holds_in
from skill_stack.planner.memory.rule import LearntRule

MOST_TRIED = 4
"""Most hunches that one step tries at once."""
WORTH = 0.03
"""Least gain in success for a hunch to be tried; a step costs time too."""
AT_STAKE = 0.5
"""The same where a trial or failure may do harm."""
SETTLED = 4
"""Successes with the same hunches together, from which one of them is left out to identify the cause."""
LITTLE = 0.35
"""Share of the conditions tried together that may be left out after a single success."""


def most_informative(
    hunches: list[LearntRule], features: frozenset[str], step: Step, library: SkillLibrary,
    dropped: Collection[tuple[str, str]],
) -> list[LearntRule]:  # fmt: skip
    """The hunches whose trial increases the success of a step most.

    Args:
        hunches: Those that apply to it.
        features: What is true of it.
        step: The step.
        library: What brings conditions about.
        dropped: Skills and facts that cannot be brought about.
    """
    gone = [rule for rule in hunches if (step.spec.name, fact_of(rule, step)) in dropped]
    share = 1.0 - min(sum(rule.weight for rule in gone), 0.9)  # what cannot be tried leaves its weight to the rest
    worth: dict[str, float] = {}
    best: dict[str, LearntRule] = {}
    kept: dict[str, LearntRule] = {}  # what holds by now is not to be undone before
    for rule in (rule for rule in hunches if rule not in gone):
        if not holds_in(rule.condition, features, step):
            worth[rule.condition] = worth.get(rule.condition, 0.0) + rule.weight / share
            best[rule.condition] = max(best.get(rule.condition, rule), rule, key=lambda one: one.weight)
        elif rule.weight >= WORTH and ActionManner.parse(rule.condition) is None:
            kept[rule.condition] = rule
    chosen = _chosen(worth, best, step.spec.hazard == "high", library)
    return [*(best[one] for one in chosen), *kept.values()]


def _chosen(worth: dict[str, float], best: Mapping[str, LearntRule], harmful: bool, library: SkillLibrary) -> list[str]:
    """The most valuable conditions that can be tried together; one is left out where all of them worked."""
    least = AT_STAKE if harmful else WORTH
    chosen: list[str] = []
    for one in sorted(worth, key=lambda one: (-worth[one], one)):
        together = next((other for other in chosen if always_brings(library, one, other)), None)
        if together is not None:
            worth[together] += worth[one]  # comes with it
        elif worth[one] >= least and len(chosen) < MOST_TRIED and _compatible(one, chosen):
            chosen.append(one)
    if len(chosen) > 1:
        loss = worth[chosen[-1]] / sum(worth[one] for one in chosen)
        enough = 1 if loss <= LITTLE and not harmful else SETTLED
        if all(best[one].evidence.with_success >= enough for one in chosen):
            chosen.pop()
    return chosen


def _compatible(condition: str, chosen: Iterable[str]) -> bool:
    """Whether a condition can be tried beside others: not its opposite, and one bound for an argument."""
    manner = ActionManner.parse(condition)
    for other in chosen:
        known = ActionManner.parse(other)
        if manner and known and manner.parameter == known.parameter:
            return False
        if condition in (f"not {other}", other.removeprefix("not ")):
            return False
    return True
