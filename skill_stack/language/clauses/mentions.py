"""Mentions: noun phrases of statements as antecedents of later pronouns."""

from __future__ import annotations

from skill_stack.language.answers import Answer
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS, Token


def mention(told: tuple[Token, ...], nouns: NounParser, resolver: Resolver, discourse: Discourse) -> list[Noun]:
    """Adds the objects of a statement to the mentions, the topic of each sentence last.

    Args:
        told: The statement.
        nouns: Parses noun phrases.
        resolver: Resolves them.
        discourse: Receives the mentions.

    Returns:
        The resolved nouns in order of mention.
    """
    out: list[Noun] = []
    at = begin = 0
    while at < len(told):
        before = told[at - 1].text if at else ""  # "stand" in "must never stand open" is a verb
        known = ((end, one) for end, one in nouns.parse(told, at) if one.role in ("thing", "list"))
        end, noun = (None if before in WORDS.before_verb else next(known, None)) or (at + 1, None)
        begin = len(out) if before in STOPS else begin
        if noun is not None:
            out.insert(begin if before in WORDS.before_aside else len(out), noun)
        at = max(end, at + 1)
    return [one for one in out if not isinstance(resolver.resolve(one, discourse), Answer)]  # an ambiguous one is none
