"""Wording: programs of spatial questions in words, by the grammar that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from skill_stack.language.spatial.questions import posed, spatial_grammar
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.pattern_grammar import Term


def question_words(program: Term, lexicon: Lexicon, choose: Callable[[int], int]) -> str | None:
    """A question in one of its wordings; None where the grammar has none.

    Args:
        program: The program; its noun phrases are texts.
        lexicon: The lexicon.
        choose: Picks one of a number of wordings.
    """

    def leaf(kind: str, value: Any) -> str | None:
        phrases = tuple(_phrases(lexicon, kind, value))
        return phrases[choose(len(phrases))] if phrases else None

    return spatial_grammar().said("question", program, choose, leaf)


def _phrases(lexicon: Lexicon, kind: str, value: Any) -> Iterable[str]:
    """The phrases for what code reads; none where the value is not of that kind."""
    words = lexicon.spatial
    if isinstance(value, tuple):
        if kind == "OWN_SIDE":
            return (f"on {value[1]}'s {side}" for side in words.own_sides[value[0]])
        groups = {"COMPARED": words.compared, "EXTREME": words.extremes}.get(kind, {})
        return groups[value[0]][0 if value[1] > 0 else 1] if value[0] in groups else ()
    if isinstance(value, float):
        return (f"{value:g} {kind.lower()}",) if kind in ("METRES", "SECONDS") else ()
    if not isinstance(value, str):
        return ()
    known = {"RELATION": _relation, "FRAME": lambda _, name: words.frames.get(name, ())}
    plain = (value,) if kind in ("NOUN", "SIDE", "COLOUR") else ()
    return known[kind](lexicon, value) if kind in known else plain


def _relation(lexicon: Lexicon, name: str) -> Iterable[str]:
    """The phrases of a relation that are no other relation's, without those that begin with a verb."""
    words = lexicon.spatial
    strict = {phrase for phrases in words.strict.values() for phrase in phrases}
    said = {**lexicon.things.relations, **words.strict, **words.compass}.get(name, ())
    return (one for one in said if name in words.strict or (one not in strict and not posed(one)))
