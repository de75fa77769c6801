"""PlannerProtocol: interface of planners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph


class PlannerProtocol(Protocol):
    """Answers words with a checked plan; see :class:`skill_stack.planner.planner.Planner`."""

    @property
    def library(self) -> SkillLibrary:
        """Skills of the robot."""

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction; never raises for anything that people can type."""


class Cancels(PlannerProtocol, Protocol):
    """A planner whose waits can be cancelled."""

    def begin(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Plan | Callable[[], Plan]:
        """The answer where nothing must be waited for; else a continuation for another thread."""

    def cancel(self) -> None:
        """Cancels the wait."""
