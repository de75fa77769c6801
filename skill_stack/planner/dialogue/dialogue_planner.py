"""DialoguePlanner: the dialogue's interface to a planner, with or without a model."""

from __future__ import annotations

from typing import Protocol

from skill_stack.core.plan import Plan
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import LearntPhrase
from skill_stack.planner import planner_protocol as makes_plans
from skill_stack.planner.hazards.check import Hazards


class DialoguePlanner(makes_plans.PlannerProtocol, Protocol):
    """Plans, hazard checks, and phrases from confirmed wordings."""

    @property
    def hazards(self) -> Hazards:
        """Checks any plan for hazardous combinations."""

    def wording(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase of a sentence with a confirmed plan; None where nothing can be learned."""
