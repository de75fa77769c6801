"""Facts under an assumption: what else changes when something is taken to be so."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.planner.symbolic.search import unified


def assumed(library: SkillLibrary, literals: Iterable[Literal], facts: frozenset[Fact]) -> frozenset[Fact]:
    """The facts when some literals hold, with what excludes them left out.

    What excludes what is read off the skills: where one makes ``posture(robot, sitting)`` true and ends
    ``posture(robot, *)``, a robot that sits does not stand.

    Args:
        library: Skills.
        literals: What is taken to hold.
        facts: What is true otherwise.
    """
    for literal in literals:
        if literal.holds(facts):
            continue
        if literal.positive and "*" not in literal.arguments:
            facts = apply_effects(facts, [*_ended(library, literal), literal])
        elif not literal.positive:
            facts = apply_effects(facts, [literal])
    return facts


def _ended(library: SkillLibrary, literal: Literal) -> list[Literal]:
    """What ends when a literal becomes true, by the first skill that makes it true."""
    for spec in library:
        effects = [Literal.parse(text) for text in spec.effects]
        for effect in effects:
            if effect.positive and effect.predicate == literal.predicate:
                bound = unified(effect, literal)
                if bound is not None:
                    same = [e for e in effects if not e.positive and e.predicate == literal.predicate]
                    return [e.ground(bound) for e in same]
    return []
