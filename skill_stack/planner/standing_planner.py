"""StandingPlanner: a planner that can be replaced by one that has learned more, while others hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.composite_links import checked_composites
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import LearntPhrase
from skill_stack.planner.composites import skill_of
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.planner import Planner

ASIDE = ("service", "correction")
"""Sources of words that only request a plan without running it; nothing is learnt from them."""


class StandingPlanner:
    """Delegates to its planner, and adds plans that get a name.

    Attributes:
        planner: The planner; may be replaced at any time, from any thread.
        taught: Whether the library of that planner has lessons.
        told: The library that it was given, without the plans that got a name since.
    """

    def __init__(self, planner: Planner, keep: Callable[[dict[str, Any]], object] | None = None) -> None:
        """Takes the first planner.

        Args:
            planner: The planner.
            keep: Writes a composite for the next start; None keeps it only until then.
        """
        self.planner = planner
        self.told = planner.library
        self.taught = False
        self._keep = keep
        self._named: dict[str, SkillEntry] = {}
        self._last: PlanNode | None = None

    @property
    def library(self) -> SkillLibrary:
        """Skills of the robot."""
        return self.planner.library

    @property
    def hazards(self) -> Hazards:
        """Checks plans for hazardous combinations."""
        return self.planner.hazards

    def relearn(self, library: SkillLibrary, taught: bool) -> None:
        """Continues with another library; named plans stay known.

        Args:
            library: The library.
            taught: Whether it has lessons.
        """
        self.told = library
        entries = checked_composites({**library.entries, **self._named})
        named, before = replace(library, entries=entries), self.planner
        self.planner = Planner(named, learnt=before.language.learnt, ways=before.ways, falls=before.falls)
        self.taught = taught

    def is_stop(self, text: str) -> bool:
        """Whether a text requests an immediate stop."""
        return self.planner.is_stop(text)

    def wording(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose plan a person confirmed, or None."""
        return self.planner.wording(plan, scene, facts)

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction; a plan that gets a name by it is a skill from then on."""
        if instruction.source in ASIDE:
            return self.planner.plan(instruction, scene, facts, self._last)
        plan = self.planner.plan(instruction, scene, facts, self._last)
        self._last = plan.tree or self._last
        return plan if plan.skill is None else self._learnt(plan, plan.skill)

    def note(self, tree: PlanNode) -> None:
        """Takes what is done now, with the changes that corrections made, for words that give it a name.

        Args:
            tree: The plan.
        """
        self._last = tree

    def _learnt(self, plan: Plan, data: dict[str, Any]) -> Plan:
        """The answer to a taught plan after it was stored; states when it could not be stored."""
        spec = SkillSpec.model_validate(skill_of(data))
        self._named[spec.name] = SkillEntry(spec.name, None, spec)
        self.relearn(self.told, self.taught)
        reason = self.library.entries[spec.name].reason
        if reason:
            return replace(plan, reason=f"{plan.reason} But it cannot be done: {reason}.")
        try:
            if self._keep is not None:
                self._keep(data)
        except SkillStackError as error:
            return replace(plan, reason=f"{plan.reason} I know it only until I am started anew: {error}.")
        return plan
