"""Reward terms as arguments of a skill: for each term its target, and its weight, which is 0 where it is off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.core.rewards.term_definition import reward_terms

WEIGHT = "_weight"
"""End of the argument that holds the weight of a term."""
DURATION = "duration"
"""Argument for how long it goes on, s; 0: until told otherwise."""


def argument_of(term: RewardTerm) -> str:
    """Name of the argument that holds a term's target, e.g. ``foot_lift_FL``."""
    return "_".join((term.term, *term.of))


def arguments_of(rewards: RewardSet) -> dict[str, float]:
    """The arguments that stand for a set; those of other terms are left out, which switches them off.

    Args:
        rewards: The set; a term without a target leaves it to the skill's default.
    """
    found: dict[str, float] = {}
    for term in rewards.terms:
        name = argument_of(term)
        found[name + WEIGHT] = term.weight
        if term.target is not None:
            found[name] = term.target
    return found if rewards.seconds is None else {**found, DURATION: rewards.seconds}


def in_use(arguments: Mapping[str, float]) -> dict[str, float]:
    """The numbers that a planner needs: targets and weights of terms with a weight above 0."""
    on = [name for name, value in arguments.items() if name.endswith(WEIGHT) and value > 0.0]
    slots = {name.removesuffix(WEIGHT) for name in on}
    return {name: value for name, value in arguments.items() if name in slots or name in on}


def rewards_of(arguments: Mapping[str, Any]) -> RewardSet:
    """The set that arguments stand for.

    Args:
        arguments: Of the skill that takes terms; what is no term and no duration is left alone.

    Raises:
        DataError: No term has a weight, or the terms exclude each other; the message names them.
    """
    terms = []
    for name, weight in arguments.items():
        if name.endswith(WEIGHT) and weight:
            slot = name.removesuffix(WEIGHT)
            term, of = term_of(slot)
            terms.append({"term": term, "of": list(of), "target": arguments.get(slot), "weight": weight})
    if not terms:
        raise DataError("no term has a weight above 0; give one, e.g. base_height=0.2 base_height_weight=1")
    data: dict[str, Any] = {"terms": terms}
    if arguments.get(DURATION):
        data["seconds"] = arguments[DURATION]
    return RewardSet.parse(data, "terms of the motion")


def term_of(name: str) -> tuple[str, tuple[str, ...]]:
    """The term of an argument for a target, and what it is of.

    Args:
        name: Name of the argument, e.g. ``foot_lift_FL``.
    """
    terms = reward_terms()
    term = max((one for one in terms if name == one or name.startswith(f"{one}_")), key=len, default=name)
    rest = name.removeprefix(term).removeprefix("_")
    if not rest:
        return term, ()
    pair = term in terms and terms[term].of == "pair"
    return term, tuple(rest.split("_")) if pair else (rest,)
