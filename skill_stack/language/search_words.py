"""Sought: a description of an unseen object in words: its looks, and where such objects usually are."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.words.lexicon import Lexicon

GEOMETRY = frozenset({"ball", "box", "cylinder", "table"})
"""Kinds that perception tells apart without a network."""


@dataclass(frozen=True, slots=True)
class Sought:
    """How it looks.

    Attributes:
        kinds: Kinds that the words may mean; empty: any.
        colour: Colour; empty: any.
        rooms: Names and kinds of the places where such things usually are.
    """

    kinds: frozenset[str]
    colour: str
    rooms: frozenset[str]

    def unknown(self, known: frozenset[str]) -> str:
        """Why nobody would know it on seeing it; an empty string where somebody would.

        Args:
            known: Kinds that are told apart here.
        """
        if not self.kinds or self.kinds & known:
            return ""
        name = min(self.kinds, key=len).replace("_", " ")
        return f"Nobody here knows what a {name} looks like; what is told apart by sight is {', '.join(sorted(known))}."


def sought(words: str, lexicon: Lexicon, knowledge: Knowledge) -> Sought:
    """What words say, as far as the lexicon goes; what it does not know is a kind of its own.

    Args:
        words: A noun with or without a colour and an article: ``the red ball``.
        lexicon: Names of colours and kinds.
        knowledge: Usual places.
    """
    articles = {*lexicon.small.articles, "the", "a", "an", "some", "any"}
    said = [word for word in words.lower().replace("_", " ").split() if word not in articles]
    colour, used = _colour(said, lexicon)
    noun = " ".join(said[used:])
    if not noun or noun in lexicon.things.anything:
        return Sought(frozenset(), colour, frozenset())
    one = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    kinds = {kind for kind, names in lexicon.things.kinds.items() if {noun, one} & {kind, *names}}
    kinds = kinds or {one.replace(" ", "_")}
    usual = {place for kind, places in knowledge.places if kind in (*kinds, noun, one) for place in places}
    return Sought(frozenset(kinds), colour, frozenset(usual))


def _colour(said: list[str], lexicon: Lexicon) -> tuple[str, int]:
    """The colour that words begin with and how many words it has, one of several words before one of one."""
    colour, used = "", 0
    for name, others in lexicon.things.colours.items():
        for other in others:
            split = other.split()
            if said[: len(split)] == split and (not colour or len(split) > 1):
                colour, used = name, len(split)
    return colour, used
