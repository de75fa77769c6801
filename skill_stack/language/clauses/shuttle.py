"""Shuttle: "back and forth between A and B" as a round of two steps that is repeated."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Tokens = tuple[Token, ...]
BETWEEN = ("to", "at", "")
"""Words that may stand between the verb and each thing; the first with which it is understood counts."""


@dataclass(frozen=True, slots=True)
class Shuttle:
    """One round and how often.

    Attributes:
        before: What comes before it.
        rounds: The round in words, in every way that it may be understood.
        count: How often; None when it was not said.
        after: What comes after it.
    """

    before: Tokens
    rounds: tuple[Tokens, ...]
    count: int | None
    after: Tokens


def shuttle(tokens: Tokens, lexicon: Lexicon, quantities: QuantityParser, nouns: NounParser) -> Shuttle | None:
    """Finds a shuttle in a part of an instruction.

    Args:
        tokens: The part.
        lexicon: The language.
        quantities: Reads how often.
        nouns: Reads nouns of these tokens.
    """
    at, begin, told = _words_for_it(tokens, lexicon)
    if begin >= len(tokens) or tokens[begin].text not in ("between", "from"):
        return None
    one = begin + 1
    link = next((k for k in range(one + 1, len(tokens)) if tokens[k].text in ("and", "to")), len(tokens))
    ends = [end for end, noun in nouns.parse(tokens, link + 1) if noun.role in ("thing", "pronoun")]
    if not ends or not any(end == link for end, _ in nouns.parse(tokens, one)):
        return None
    times = quantities.times(tokens, ends[0])
    if times is None and not told:
        return None
    start = next((k + 1 for k in reversed(range(at)) if tokens[k].text in (",", "then", "and")), 0)
    verb, then = tokens[start:at], tokens[at].read_as("then")
    rounds = []
    for word in BETWEEN:
        between = (tokens[at].read_as(word),) if word else ()
        rounds.append((*verb, *between, *tokens[one:link], then, *verb, *between, *tokens[link + 1 : ends[0]]))
    after = tokens[times[0] if times else ends[0] :]
    return Shuttle(tokens[:start], tuple(rounds), times[1].count if times else None, after)


def _words_for_it(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int, bool]:
    """Where the words for a shuttle begin and end, and whether they tell that it is one; at the end where none are."""
    table = lexicon.table(lexicon.clauses.back_and_forth)
    for at in range(len(tokens)):
        found = table.longest(tokens, at)
        if found is not None:
            return at, found[0], found[1] != "between"
    at = next((k for k in range(1, len(tokens)) if tokens[k].text == "between"), len(tokens))
    return at, at, False  # "go between A and B three times"
