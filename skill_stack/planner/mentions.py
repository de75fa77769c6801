"""Mentions: the things that words only speak of, so that pronouns may mean them afterwards."""

from __future__ import annotations

from skill_stack.planner.answers import Answer
from skill_stack.planner.language.noun_phrase import NounParser
from skill_stack.planner.language.reference import Discourse, Resolver
from skill_stack.planner.language.text import Token


def mention(told: tuple[Token, ...], nouns: NounParser, resolver: Resolver, discourse: Discourse) -> None:
    """Remembers the things that were only told of.

    Args:
        told: What was told.
        nouns: Reads nouns.
        resolver: Finds what they mean.
        discourse: Where they are remembered.
    """
    at = 0
    while at < len(told):
        found = next(((end, noun) for end, noun in nouns.parse(told, at) if noun.role == "thing"), None)
        if found is None:
            at += 1
            continue
        at = max(found[0], at + 1)
        try:
            resolver.resolve(found[1], discourse)
        except Answer:
            continue  # not clear what was told of; nothing refers to it then
