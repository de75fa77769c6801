"""Sought: the description of an object that is not in the scene yet."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import tokenise

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
    tokens = tokenise(words.replace("_", " "), lexicon.small.contractions).tokens
    said = [token for token in tokens if token.text not in lexicon.small.articles]
    used, colour = lexicon.grouped(lexicon.things.colours).longest(said, 0) or (0, "")
    noun = " ".join(token.text for token in said[used:])
    if not noun or noun in lexicon.things.anything:
        return Sought(frozenset(), colour, frozenset())
    one = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    kinds = {kind for kind, names in lexicon.things.kinds.items() if {noun, one} & {kind, *names}}
    kinds = kinds or {one.replace(" ", "_")}
    usual = {place for kind, places in knowledge.places if kind in (*kinds, noun, one) for place in places}
    return Sought(frozenset(kinds), colour, frozenset(usual))
