"""Kinds of parameters where a library says them in words: ``taker: the person who gets it``."""

from __future__ import annotations

import re
from collections.abc import Collection

from skill_stack.core.skill import GoalParameter, SkillSpec
from skill_stack.planner.language.described_phrases import DescribedPhrases
from skill_stack.planner.language.lexicon import Lexicon

ANYTHING = frozenset("thing things object objects item items something anything what target entity".split())
"""Nouns that say nothing of what an argument is for."""

PLACES = frozenset("place room location area spot position region zone where".split())
"""Nouns of places, where something or somebody may be."""

_WORD = re.compile(r"[a-z]+")
_REST = re.compile(r"\b(?:who|whom|that|which|whose|to|of|for|from|in|on|at|by|with|is|gets|goes)\b")


class ParameterKinds:
    """Reads what parameters are for from their own descriptions and that of their skill."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Takes the kinds of things."""
        self._described = DescribedPhrases(lexicon)
        types = lexicon.things.types
        self._groups = {name: {*types[name].parameters, *types[name].kinds} for name in ("person", "device")}

    def told(self, spec: SkillSpec) -> SkillSpec:
        """The skill with the kinds of its objects where the library only describes them.

        Args:
            spec: The skill.
        """
        nouns = self._described.nouns(spec)
        goal = tuple(self._told(one, nouns.get(one.name, ())) for one in spec.goal)
        return spec if goal == spec.goal else spec.model_copy(update={"goal": goal})

    def _told(self, parameter: GoalParameter, nouns: Collection[str]) -> GoalParameter:
        """One parameter with its kind."""
        if parameter.type != "object" or parameter.kind:
            return parameter
        own = _REST.split(parameter.description.casefold(), maxsplit=1)[0]
        kind = self._kind(set(_WORD.findall(own))) or self._kind(set(nouns))
        return parameter.model_copy(update={"kind": kind}) if kind else parameter

    def _kind(self, nouns: Collection[str]) -> str:
        """The kind that nouns say; empty where they say several or none."""
        if not nouns or set(nouns) & ANYTHING:
            return ""
        found = [name for name, group in self._groups.items() if set(nouns) & group]
        if set(nouns) & PLACES:
            found.append("room" if set(nouns) <= {"room", "the", "a", "rooms"} else "location")
        return found[0] if len(found) == 1 else ""
