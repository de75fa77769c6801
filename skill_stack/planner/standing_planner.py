"""StandingPlanner: a planner that can be exchanged for one that has learnt more, while others hold on to it."""

from __future__ import annotations

from skill_stack.core.fact import Fact
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.planner import Planner


class StandingPlanner:
    """Plans like the planner that it holds.

    Attributes:
        planner: The planner; may be replaced at any time, from any thread.
        taught: Whether that one's library knows lessons.
    """

    def __init__(self, planner: Planner) -> None:
        """Takes the first planner."""
        self.planner = planner
        self.taught = False

    @property
    def library(self) -> SkillLibrary:
        """Skills of the robot."""
        return self.planner.library

    def is_stop(self, text: str) -> bool:
        """Whether a text asks for an immediate stop."""
        return self.planner.is_stop(text)

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction."""
        return self.planner.plan(instruction, scene, facts)
