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
    begin = 0
    for at in range(len(told) + 1):
        if at == len(told) or told[at].text in STOPS:
            sentence = told[begin:at]
            for noun in _of_sentence(sentence, nouns.fresh()):
                if not isinstance(resolver.resolve(noun, discourse), Answer):
                    out.append(noun)  # an ambiguous noun is no antecedent
            begin = at + 1
    return out


def _of_sentence(told: tuple[Token, ...], nouns: NounParser) -> list[Noun]:
    beside: list[Noun] = []
    about: list[Noun] = []
    at = 0
    while at < len(told):
        found = next(((end, one) for end, one in nouns.parse(told, at) if one.role in ("thing", "list")), None)
        if found is None:
            at += 1
            continue
        if at and told[at - 1].text in WORDS.before_verb:
            at += 1
            continue  # "stand" in "must never stand open" is a verb
        (beside if at and told[at - 1].text in WORDS.before_aside else about).append(found[1])
        at = max(found[0], at + 1)
    return [*beside, *about]
