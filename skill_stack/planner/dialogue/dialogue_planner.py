"""DialoguePlanner: what the dialogue needs of a planner, with or without a model."""

from __future__ import annotations

from typing import Protocol

from skill_stack.core.plan import Plan
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import LearntPhrase
from skill_stack.planner import planner_protocol as makes_plans
from skill_stack.planner.hazards.check import Hazards


class DialoguePlanner(makes_plans.PlannerProtocol, Protocol):
    """Words → plan, checked for hazards; and what a confirmed wording becomes."""

    @property
    def hazards(self) -> Hazards:
        """Checks plans for hazardous combinations, whoever made them."""

    def wording(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose plan a person confirmed; None where nothing is to be learnt."""
