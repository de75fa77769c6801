"""Worked examples for a model: made from the offered skills' own phrases, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skill_stack.core.skills.skill import SLOT, GoalParameter, SkillSpec
from skill_stack.core.steps import endless
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.proposal import Proposal
from skill_stack.planner.model.proposal_judge import NotAccepted, ProposalJudge
from skill_stack.planner.model.skill_offer import SkillOffer

SHOWN = 2
"""Examples that are shown."""

MOST_TRIED = 6
"""Candidates that are checked; each costs some milliseconds at most."""

Said = tuple[str, dict[str, Any]]


def worked_examples(judge: ProposalJudge) -> list[dict[str, Any]]:
    """Two instructions with their proposals: one after the other, and a repetition; none that the checker refuses.

    Args:
        judge: For this instruction.
    """
    shown: list[dict[str, Any]] = []
    for kind in (_sequences(judge.offer), _repetitions(judge.offer)):
        for number, (words, steps) in enumerate(kind):
            if number >= MOST_TRIED:
                break
            answer = {"answer": "plan", "steps": steps, "text": ""}
            try:
                judge.judge(Proposal.model_validate(answer), "an example")
            except NotAccepted:
                continue
            shown.append({"words": words, "proposal": answer})
            break
    return shown[:SHOWN]


def _sequences(offer: SkillOffer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Two different skills, one after the other."""
    said = [_said(spec, offer) for spec in offer.skills.values() if not endless(spec)]
    found = sorted((one for one in said if one), key=lambda one: not one[1]["arguments"])
    for first in found:
        for second in reversed(found):
            if first[1]["skill"] != second[1]["skill"]:
                yield f"{first[0]}, then {second[0]}", [first[1], second[1]]


def _repetitions(offer: SkillOffer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """One skill three times; one with numbers rather, since the others may be true after the first time."""
    said = [_said(spec, offer) for spec in offer.skills.values() if not endless(spec)]

    def plain_sense(one: Said) -> bool:
        return any(isinstance(value, float) for value in one[1]["arguments"].values())

    for one in sorted((one for one in said if one), key=lambda one: not plain_sense(one)):
        yield f"{one[0]} three times", [{"repeat": 3, "steps": [one[1]]}]


def _said(spec: SkillSpec, offer: SkillOffer) -> Said | None:
    """A phrase of a skill with its places filled, and the step; None where one cannot be filled."""
    for phrase in spec.phrases:
        slots = SLOT.findall(phrase)
        needed = [p for p in spec.goal if p.default is None]
        values = {p.name: _value(p, offer) for p in spec.goal if p.name in slots}
        if {p.name for p in needed} <= set(slots) == set(values) and all(values.values()):
            words = SLOT.sub(lambda match: values[match[1]][0], phrase)  # noqa: B023, used at once
            arguments = {p.name: values[p.name][1] if p.name in values else None for p in spec.goal}
            return words, {"skill": spec.name, "arguments": arguments}
    return None


def _value(parameter: GoalParameter, offer: SkillOffer) -> tuple[str, Any]:
    """A value in words and as an argument; empty words where there is none."""
    if parameter.type == "number":
        middle = parameter.default
        if not isinstance(middle, float) or not middle:  # nobody asks for none of something
            middle = round(min(max(1.0, parameter.lower or 0.0), parameter.upper or 0.0), 3)
        return f"{middle:g} {parameter.unit}", middle
    if parameter.type == "choice":
        return parameter.choices[0], parameter.choices[0]
    # the robot may stand at a place; by name, so that the words of the instruction have no say in it
    rank = sorted(offer.things.items(), key=lambda item: (item[1].kind == "place", item[0]))
    return (f"the {plain(rank[0][1].label, 40)}", rank[0][0]) if rank else ("", None)
