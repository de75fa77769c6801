"""Order form: where an order begins in a sentence, and the tables of words around one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token, tokenise
from skill_stack.language.words.wording_words import WordingWords

Tokens = tuple[Token, ...]
LINKS = frozenset({",", "and", "then", "but", ";", ".", ":", "!"})
"""Marks and words between two orders."""


@dataclass(slots=True)
class OrderForm:
    """Finds orders in words.

    Attributes:
        lexicon: The language.
        quantities: Reads times and amounts.
        verb: Whether one of the library's verbs stands at a position.
        nouns: Makes a reader of nouns.
        tells: Whether some words are a condition that facts can tell.
        meant: Ids that a noun may mean; none where that is to be asked.
        waits: Whether the robot has a skill that waits.
        people: Ids of people.
        places: Ids of rooms and other places.
        skill_end: Where words by which a skill of the robot is asked for end that begin at a position, or None.
    """

    lexicon: Lexicon
    quantities: QuantityParser
    verb: Callable[[Sequence[Token], int], bool]
    nouns: Callable[[], NounParser]
    tells: Callable[[Tokens], bool]
    meant: Callable[[Noun], Iterable[str]]
    waits: bool
    people: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    skill_end: Callable[[Sequence[Token], int], int | None] = lambda tokens, at: None
    _tables: dict[str, PhraseTable[str]] = field(default_factory=dict)

    @property
    def wording(self) -> WordingWords:
        """Words around orders."""
        return self.lexicon.wording

    def does(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether words by which a skill of the robot is asked for stand at a position."""
        return self.skill_end(tokens, at) is not None

    def table(self, name: str) -> PhraseTable[str]:
        """The table of one list of ``wording.yaml``."""
        if name not in self._tables:
            self._tables[name] = self.lexicon.table(getattr(self.lexicon.wording, name))
        return self._tables[name]

    def at(self, name: str, tokens: Sequence[Token], at: int) -> int | None:
        """Where words of a list end that begin at a position, or None."""
        found = self.table(name).longest(tokens, at)
        return found[0] if found is not None else None

    def begins(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order begins at a position, maybe politely."""
        return self.verb_of(tokens, at) is not None

    def verb_of(self, tokens: Sequence[Token], at: int) -> int | None:
        """Where the verb of an order stands that begins at a position, maybe politely; None where none begins."""
        polite = self.past_polite(tokens, at)
        for begin in dict.fromkeys((polite, at)):
            noun = begin + 1 < len(tokens) and tokens[begin + 1].text in self.wording.no_verb_after
            if begin >= len(tokens) or noun:
                continue
            base = tokens[begin].text in self.lexicon.english.base and begin == polite
            if base or (self.verb(tokens, begin) and tokens[begin].text not in self.wording.leading):
                return begin  # "call a taxi" begins with no name for what follows
        return None

    def past_polite(self, tokens: Sequence[Token], at: int) -> int:
        """The position behind words that stand before the verb of an order: ``could you please``."""
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        while at < len(tokens) and (polite is not None or tokens[at].text in self.wording.leading):
            at = polite[0] if polite is not None else at + 1
            polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        return at

    def inside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order may begin in the middle of a sentence without a mark before it."""
        if at < 1 or tokens[at - 1].text in self.wording.no_order_after or not self.begins(tokens, at):
            return False
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        return polite is not None or tokens[at].text in self.wording.leading or self.verb(tokens, at)

    def seconds(self, tokens: Sequence[Token], at: int) -> int | None:
        """Where a length of time ends that begins at a position, or None."""
        ends = [end for end, amount in self.quantities.amount(tokens, at) if amount.unit == "s"]
        return ends[0] if ends and ends[0] > at else None

    def noun(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """The longest noun that names something of the scene at a position, with its end; None for none."""
        found = self.nouns().parse(tokens, at)
        return next(((end, noun) for end, noun in found if noun.role in ("thing", "list", "pronoun")), None)

    def person(self, noun: Noun) -> bool:
        """Whether a noun means somebody."""
        return bool(noun.ids) and noun.ids is not None and noun.ids <= self.people

    def said(self, tokens: Sequence[Token]) -> str:
        """Words as text."""
        return " ".join(token.text for token in tokens)

    def words(self, text: str, like: Token) -> Tokens:
        """Tokens of some words that are put in at a place.

        Args:
            text: The words.
            like: A token of that place.
        """
        plain = replace(like, written=like.text)  # what is put in is nobody's
        return tuple(plain.read_as(one.text) for one in tokenise(text, {}).tokens)


def unlinked(tokens: Tokens) -> Tokens:
    """Words without marks and links at both ends.

    Args:
        tokens: The words.
    """
    while tokens and tokens[0].text in LINKS | STOPS:
        tokens = tokens[1:]
    return unlinked_end(tokens)


def unlinked_end(tokens: Tokens) -> Tokens:
    """Words without marks and links at their end.

    Args:
        tokens: The words.
    """
    while tokens and tokens[-1].text in LINKS | STOPS:
        tokens = tokens[:-1]
    return tokens
