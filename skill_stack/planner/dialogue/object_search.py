"""Searching: an unseen object in the words is searched first, by a robot with such a skill."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.dialogue.plan_remainder import replanned

GUIDE = "searching"
"""Guide of search skills."""


def search_plan(plan: Plan, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact]) -> Plan | None:
    """A search for a missing object; None where the robot has no such skill or cannot use it now.

    Args:
        plan: A refusal that names what is missing.
        library: Skills.
        scene: What there is.
        facts: What is true now.
    """
    if not plan.missing:
        return None
    for spec in library:
        words = next((p.name for p in spec.goal if p.type == "words"), "")
        if spec.guided is None or spec.guided.guide != GUIDE or not words:
            continue
        step = PlanNode("skill", skill=spec.name, arguments={words: plan.missing}, why="nobody has seen it yet")
        try:
            tree = replanned(PlanNode("sequence", (step,)), library, scene, facts)
        except SkillStackError:
            return None
        reason = f"I have seen no {plan.missing} so far, so I look for it first."
        return replace(plan, status="plan", tree=tree, reason=reason) if tree is not None else None
    return None
