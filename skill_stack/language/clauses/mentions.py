"""Mentions: objects that words only mention, as antecedents of later pronouns."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.language.answers import Answer
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.text import STOPS, Token

BESIDE = frozenset("on in at to from into onto under behind near by with of for inside outside beside upon".split())
"""Words before what is spoken of beside something else: ``the plates are on the table`` speaks of the plates."""


BEFORE_VERB = frozenset("must never not to can could will would should may might always i we you they".split())
"""Words before a verb, which is no noun then."""


def mention(told: tuple[Token, ...], nouns: NounParser, resolver: Resolver, discourse: Discourse) -> list[Noun]:
    """Remembers the things that were only told of; of each sentence what it is about counts last.

    Args:
        told: What was told.
        nouns: Reads nouns.
        resolver: Finds what they mean.
        discourse: Where they are remembered.

    Returns:
        The nouns that were understood, in the order in which they are remembered.
    """
    out: list[Noun] = []
    begin = 0
    for at in range(len(told) + 1):
        if at == len(told) or told[at].text in STOPS:
            sentence = told[begin:at]
            for noun in _said_apart(_of_sentence(sentence, nouns.fresh()), resolver, discourse):
                if not isinstance(resolver.look_up(noun, discourse), Answer):
                    out.append(noun)  # where it is not clear what was told of, nothing refers to it
            begin = at + 1
    return out


def _said_apart(found: list[Noun], resolver: Resolver, discourse: Discourse) -> list[Noun]:
    """Nouns of a sentence; what is not where it is said to be without that, and where that is before them all."""
    apart: list[Noun] = []
    out: list[Noun] = []
    for noun in found:
        if isinstance(resolver.look_up(noun, Discourse(list(discourse.mentioned), discourse.pose)), Answer):
            apart += [one.noun for part in (noun, *noun.parts) for one in part.relations]
            noun = replace(noun, relations=(), parts=tuple(replace(part, relations=()) for part in noun.parts))
        out.append(noun)
    return [*apart, *out]


def _of_sentence(told: tuple[Token, ...], nouns: NounParser) -> list[Noun]:
    """The nouns of one sentence: where something is before what is there."""
    beside: list[Noun] = []
    about: list[Noun] = []
    at = 0
    while at < len(told):
        found = next(((end, one) for end, one in nouns.parse(told, at) if one.role in ("thing", "list")), None)
        if found is None:
            at += 1
            continue
        if at and told[at - 1].text in BEFORE_VERB:
            at += 1
            continue  # "the cabinet must never stand open" speaks of no stand
        (beside if at and told[at - 1].text in BESIDE else about).append(found[1])
        at = max(found[0], at + 1)
    return [*beside, *about]
