"""Lists of nouns: noun phrases joined by ``and``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skill_stack.language.grammar.chunks import Noun

LONGEST_LIST = 12
"""Nouns of a list at most."""


def _like(noun: Noun, part: Noun) -> Noun:
    """A noun of a list with the kind of the first: ``the big parcel and the small one``."""
    if part.again and part.ids is None and noun.ids is not None and len(noun.ids) > 1:
        return replace(part, ids=noun.ids, again=False)
    return part


def combined(noun: Noun, other: Noun, colours: Callable[[str], str]) -> Noun | None:
    """Joins two nouns into a list; None if they form none.

    Args:
        noun: The first; without a kind it takes the kind of the next: ``the red and the blue ball``.
        other: The second, or the rest of the list.
        colours: Gives the colour of an object by its id.
    """
    rest = other.parts if other.role == "list" else (other,)
    if len(rest) >= LONGEST_LIST or any(part.role != "thing" or part.adverb for part in (noun, *rest)):
        return None
    if noun.again and noun.ids is None and not noun.relations and rest[0].ids is not None:
        if noun.colour and noun.colour not in {colours(name) for name in rest[0].ids}:
            return None
        noun, rest = _single(_kind_of(noun, rest[0])), tuple(map(_single, rest))
    return Noun("", "list", parts=(noun, *(_like(noun, part) for part in rest)))


def _kind_of(noun: Noun, second: Noun) -> Noun:
    """The first noun of a list with the kind of the second: ``the red (ball)``."""
    pick = second.pick if noun.pick in ("order", "") else noun.pick
    words = f"{noun.words} {second.words}".strip()
    return replace(second, colour=noun.colour or second.colour, pick=pick, rank=noun.rank, words=words)


def _single(noun: Noun) -> Noun:
    """The singular of a plural noun in a list: ``balls`` in ``the red and the blue balls``."""
    return replace(noun, many="one") if noun.many == "some" else noun
