"""Wording: programs of spatial questions in words, by the grammar that reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skill_stack.language.spatial.pattern_grammar import Term, spatial_grammar
from skill_stack.language.spatial.questions import posed
from skill_stack.language.words.lexicon import Lexicon


def question_words(program: Term, lexicon: Lexicon, choose: Callable[[int], int]) -> str | None:
    """A question in one of its wordings; None where the grammar has none.

    Args:
        program: The program; its noun phrases are texts.
        lexicon: The lexicon.
        choose: Picks one of a number of wordings.
    """
    words = lexicon.spatial
    strict = {phrase for phrases in words.strict.values() for phrase in phrases}
    relations = {**lexicon.things.relations, **words.strict, **words.compass}

    def leaf(kind: str, value: Any) -> str | None:
        phrases: tuple[str, ...] = ()
        if kind == "NOUN" and isinstance(value, str):
            phrases = (value,)
        elif kind == "RELATION" and isinstance(value, str):
            said = relations.get(value, ())
            phrases = tuple(one for one in said if value in words.strict or (one not in strict and not posed(one)))
        elif kind == "FRAME" and value in words.frames:
            phrases = words.frames[value]
        elif kind == "OWN_SIDE" and isinstance(value, tuple):
            phrases = tuple(f"on {value[1]}'s {side}" for side in words.own_sides[value[0]])
        elif kind in ("COMPARED", "EXTREME") and isinstance(value, tuple):
            groups = words.compared if kind == "COMPARED" else words.extremes
            phrases = groups[value[0]][0 if value[1] > 0 else 1] if value[0] in groups else ()
        elif kind in ("METRES", "SECONDS") and isinstance(value, float):
            phrases = (f"{value:g} {kind.lower()}",)
        elif kind in ("SIDE", "COLOUR") and isinstance(value, str):
            phrases = (value,)
        return phrases[choose(len(phrases))] if phrases else None

    return spatial_grammar().said("question", program, choose, leaf)
