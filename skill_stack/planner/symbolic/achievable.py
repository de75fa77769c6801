"""Achievable: whether any skill achieves a fact, by predicates alone; fast, and names the obstacle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why a fact cannot be achieved.

    Attributes:
        wanted: The fact that cannot be achieved.
        skill: The skill that would achieve it but cannot be used, or empty where there is none.
        needs: What that skill needs and nothing brings about.
    """

    wanted: Literal
    skill: str = ""
    needs: Literal | None = None


class Achievable:
    """Skills that can ever run from a state, under delete relaxation."""

    def __init__(self, library: SkillLibrary, facts: frozenset[Fact]) -> None:
        """Adds skills until none is left whose needs can be had.

        Args:
            library: Skills.
            facts: What is true before.
        """
        self._facts = facts
        self._had = {(fact.predicate, len(fact.arguments)) for fact in facts}
        self._needs = {spec.name: [Literal.parse(one) for one in spec.preconditions] for spec in library}
        self._makes = {spec.name: [Literal.parse(one) for one in spec.effects] for spec in library}
        self._made: set[tuple[str, int]] = set()
        self._done: set[str] = set()
        left: list[SkillSpec] = [spec for spec in library if spec.composite is None]
        grown = True
        while grown:
            able = [spec for spec in left if all(self._had_or_made(one) for one in self._needs[spec.name])]
            grown = bool(able)
            self._done |= {spec.name for spec in able}
            left = [spec for spec in left if spec.name not in self._done]
            for spec in able:
                self._made |= {(one.predicate, len(one.arguments)) for one in self._makes[spec.name] if one.positive}

    def lacking(self, wants: Iterable[Literal]) -> Lacking | None:
        """The first of some facts that nothing brings about; None where each may be had.

        Args:
            wants: The goal, ground literals.
        """
        for want in wants:
            if not want.positive or want.holds(self._facts) or (want.predicate, len(want.arguments)) in self._made:
                continue
            for name, effects in self._makes.items():
                if any(one.positive and one.predicate == want.predicate for one in effects):
                    stuck = next((one for one in self._needs[name] if not self._had_or_made(one)), None)
                    return Lacking(want, name, stuck)
            return Lacking(want)
        return None

    def _had_or_made(self, need: Literal) -> bool:
        """Whether a need is met by something that is true, or is brought about by a skill that can be done."""
        key = (need.predicate, len(need.arguments))
        if not need.positive or key in self._made:
            return True
        ground = not any(one.startswith("$") or one == "*" for one in need.arguments)
        return need.holds(self._facts) if ground else key in self._had
