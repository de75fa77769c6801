"""Restatements: what a new plan changes in an older one that is the same otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.composites import without_inserted_steps

TIMES = "times"
"""Name for how often a step is done, beside its arguments."""


def restatements(old: PlanNode, new: PlanNode, library: SkillLibrary) -> list[tuple[PlanNode, PlanNode]]:
    """Steps of two plans that correspond to one another and differ.

    Plans correspond when they have as many requested steps, at most one of them by another skill, and that one about
    the same objects. Steps that were only inserted do not count.

    Args:
        old: The plan that was corrected.
        new: The plan of the new words.
        library: Skills of the robot.

    Returns:
        Pairs of steps, before and after, with :data:`TIMES` among their arguments; empty where the new plan is about
        something else, or the same.
    """
    before, after = (list(_counted(without_inserted_steps(tree), 1)) for tree in (old, new))
    if len(before) != len(after):
        return []
    changed = [(one, other) for one, other in zip(before, after, strict=True)
               if (one.skill, one.arguments) != (other.skill, other.arguments)]  # fmt: skip
    others = [(one, other) for one, other in changed if one.skill != other.skill]
    if len(others) > 1 or any(_objects(one, library) != _objects(other, library) for one, other in others):
        return []
    return changed


def _counted(node: PlanNode, times: int) -> Iterator[PlanNode]:
    """Every step once, with how often it is done."""
    if node.type == "skill":
        yield replace(node, arguments={**node.arguments, TIMES: times})
    times *= int(node.arguments.get("count", 1)) if node.type == "repeat" else 1
    for child in node.children:
        yield from _counted(child, times)


def _objects(node: PlanNode, library: SkillLibrary) -> set[str]:
    """What a step is about."""
    goal = library[node.skill].goal if node.skill in library else ()
    return {str(node.arguments.get(one.name)) for one in goal if one.type == "object" and node.arguments.get(one.name)}
