"""Sought: the description of an object that is not in the scene yet."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.words.lexicon import Lexicon

GEOMETRY = frozenset({"ball", "box", "cylinder", "table"})
"""Kinds that perception recognises by shape, without a network."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Appearance and usual places of an object.

    Attributes:
        kinds: Kinds that the words may mean; empty for any.
        colour: Colour; empty for any.
        rooms: Names and kinds of the usual places of such objects.
    """

    kinds: frozenset[str]
    colour: str
    rooms: frozenset[str]

    def unknown(self, known: frozenset[str]) -> str:
        """Returns why such an object cannot be recognised; an empty string where it can.

        Args:
            known: Kinds that perception recognises.
        """
        if not self.kinds or self.kinds & known:
            return ""
        name = min(self.kinds, key=len).replace("_", " ")
        return f"Nobody here knows what a {name} looks like; what is told apart by sight is {', '.join(sorted(known))}."


def sought(words: str, lexicon: Lexicon, knowledge: Knowledge) -> Sought:
    """Parses a description. A noun that the lexicon does not have is a kind of its own.

    Args:
        words: A noun, optionally with an article and a colour: ``the red ball``.
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
    """The colour that words begin with, and its number of words; longer names win."""
    colour, used = "", 0
    for name, others in lexicon.things.colours.items():
        for other in others:
            split = other.split()
            if said[: len(split)] == split and (not colour or len(split) > 1):
                colour, used = name, len(split)
    return colour, used
