"""QuestionWording: programs of spatial questions in words, by the grammar that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from skill_stack.language import Lexicon, PatternRule, Slot, Term, posed, spatial_grammar


class QuestionWording:
    """Says programs in the wordings of the grammar."""

    def __init__(self, lexicon: Lexicon, choose: Callable[[int], int]) -> None:
        """Takes the words.

        Args:
            lexicon: The lexicon.
            choose: Picks one of a number of wordings.
        """
        self._lexicon, self._choose, self._rules = lexicon, choose, spatial_grammar().rules

    def said(self, program: Any, category: str = "question") -> str | None:
        """Words for a program, or None where the grammar has none.

        Args:
            program: The program; its noun phrases are texts.
            category: The category.
        """
        if category.isupper():
            phrases = tuple(self._phrases(category, program))
            return phrases[self._choose(len(phrases))] if phrases else None
        fitting = [(rule, filled) for rule in self._rules[category]
                   if (filled := _unified(rule.program, program, {})) is not None]  # fmt: skip
        order = list(range(len(fitting)))
        while order:
            rule, filled = fitting[order.pop(self._choose(len(order)))]
            words = self._spelt(rule, filled)
            if words is not None:
                return words
        return None

    def _spelt(self, rule: PatternRule, filled: Mapping[int, Any]) -> str | None:
        out = []
        for item in rule.items:
            if isinstance(item[0], tuple):  # alternatives of words
                out.append(" ".join(item[self._choose(len(item))]))
                continue
            category, number = item
            said = self.said(filled.get(number), category)
            if said is None:
                return None
            out.append(said)
        return " ".join(filter(None, out))

    def _phrases(self, kind: str, value: Any) -> Iterable[str]:
        """The phrases for what code reads; none where the value is not of that kind."""
        words = self._lexicon.spatial
        if isinstance(value, tuple):
            if kind == "OWN_SIDE":
                return (f"on {value[1]}'s {side}" for side in words.own_sides[value[0]])
            groups = {"COMPARED": words.compared, "EXTREME": words.extremes}.get(kind, {})
            return groups[value[0]][0 if value[1] > 0 else 1] if value[0] in groups else ()
        if isinstance(value, float):
            return (f"{value:g} {kind.lower()}",) if kind in ("METRES", "SECONDS") else ()
        if not isinstance(value, str):
            return ()
        if kind == "RELATION":
            return self._relation(value)
        if kind == "FRAME":
            return words.frames.get(value, ())
        return (value,) if kind in ("NOUN", "SIDE", "COLOUR") else ()

    def _relation(self, name: str) -> Iterable[str]:
        """The phrases of a relation that are no other relation's, without those that begin with a verb."""
        words = self._lexicon.spatial
        strict = {phrase for phrases in words.strict.values() for phrase in phrases}
        said = {**self._lexicon.things.relations, **words.strict, **words.compass}.get(name, ())
        return (one for one in said if name in words.strict or (one not in strict and not posed(one)))


def _unified(program: Any, value: Any, filled: dict[int, Any]) -> dict[int, Any] | None:
    """The slots with which a rule's program is a given one; None where it is another."""
    if isinstance(program, Slot):
        return {**filled, program.number: value} if filled.get(program.number, value) == value else None
    if not isinstance(program, Term):
        return filled if program == value else None
    if not isinstance(value, Term) or value.name != program.name or len(value.parts) != len(program.parts):
        return None
    found: dict[int, Any] | None = filled
    for mine, theirs in zip(program.parts, value.parts):
        found = _unified(mine, theirs, found) if found is not None else None
    return found
