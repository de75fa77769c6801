"""Kinds of parameters that a library only describes in words: ``taker: the person who gets it``."""

from __future__ import annotations

import re

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.words.endings import single
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import name_words

_WORD = re.compile(r"[a-z]+")
_REST = re.compile(r"\b(?:who|whom|that|which|whose|to|of|for|from|in|on|at|by|with|is|gets|goes)\b")


def own_nouns(parameter: GoalParameter, small: frozenset[str]) -> set[str]:
    """Returns the noun of a parameter's kind in the singular, else the nouns of its name and description.

    Args:
        parameter: An argument of a skill.
        small: Words of names and descriptions that are no nouns.
    """
    if parameter.kind:
        return {single(parameter.kind.casefold().split()[-1])}
    own = _REST.split(parameter.description.casefold(), maxsplit=1)[0]
    said = set(_WORD.findall(own))
    said |= set([word for word in name_words(parameter.name) if word.isalpha()][-1:])
    return {single(word) for word in said - small if len(word) > 2}


class ParameterKinds:
    """Derives kinds of parameters from their descriptions and their skill's."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._data = lexicon.skill_names
        types = lexicon.things.types
        self._groups = {name: {*types[name].parameters, *types[name].kinds} for name in ("person", "device")}

    def told(self, spec: SkillSpec) -> SkillSpec:
        """Returns the skill with nouns and kinds of its object parameters added."""
        goal = tuple(map(self._told, spec.goal))
        return spec if goal == spec.goal else spec.model_copy(update={"goal": goal})

    def _told(self, parameter: GoalParameter) -> GoalParameter:
        if parameter.type != "object":
            return parameter
        parameter = parameter.model_copy(update={"nouns": self._spoken_of(parameter)})
        if parameter.kind:
            return parameter
        own = _REST.split(parameter.description.casefold(), maxsplit=1)[0]
        kind = self._kind(set(_WORD.findall(own)))
        return parameter.model_copy(update={"kind": kind}) if kind else parameter

    def _spoken_of(self, parameter: GoalParameter) -> tuple[str, ...]:
        """Every noun by which a library names a parameter; empty if one of them is generic."""
        small, general = self._data.small, self._data.general
        said = own_nouns(parameter, small) | own_nouns(parameter.model_copy(update={"kind": ""}), small)
        return () if said & general else tuple(sorted(said))

    def _kind(self, nouns: set[str]) -> str:
        """The kind that nouns state; empty for several or none."""
        if not nouns or nouns & self._data.anything:
            return ""
        found = [name for name, group in self._groups.items() if set(nouns) & group]
        if set(nouns) & self._data.place_nouns:
            found.append("room" if set(nouns) <= {"room", "the", "a", "rooms"} else "location")
        return found[0] if len(found) == 1 else ""
