"""OrderForm: finds orders in a sentence, with the word tables for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import WordFile
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token, tokenise

Tokens = tuple[Token, ...]


@dataclass(slots=True)
class OrderForm:
    """Finds orders and their parts.

    Attributes:
        lexicon: The lexicon.
        quantities: Parses times and amounts.
        verb: Whether a verb of the library stands at a position.
        nouns: Makes a parser of noun phrases.
        meant: Gives the ids that a noun may mean; empty if it is ambiguous.
        waits: Whether the robot has a skill that waits.
        people: Ids of people.
        skill_end: Gives the end of a verb of the library at a position, or None.
    """

    lexicon: Lexicon
    quantities: QuantityParser
    verb: Callable[[Sequence[Token], int], bool]
    nouns: Callable[[], NounParser]
    meant: Callable[[Noun], Iterable[str]]
    waits: bool
    people: frozenset[str] = frozenset()
    skill_end: Callable[[Sequence[Token], int], int | None] = lambda tokens, at: None
    _tables: dict[str, PhraseTable[str]] = field(default_factory=dict)

    @property
    def wording(self) -> WordFile:
        """The words of ``wording.yaml``."""
        return self.lexicon.wording

    def does(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb of the library stands at a position; like ``skill_end``."""
        return self.skill_end(tokens, at) is not None

    def table(self, name: str) -> PhraseTable[str]:
        """Returns the table of one list of ``wording.yaml``."""
        if name not in self._tables:
            self._tables[name] = self.lexicon.table(getattr(self.lexicon.wording, name))
        return self._tables[name]

    def at(self, name: str, tokens: Sequence[Token], at: int) -> int | None:
        """Returns the end of a phrase of a list at a position, or None."""
        found = self.table(name).longest(tokens, at)
        return found[0] if found is not None else None

    def begins(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order begins at a position, maybe politely."""
        return self.verb_of(tokens, at) is not None

    def verb_of(self, tokens: Sequence[Token], at: int) -> int | None:
        """Returns the position of the verb of an order that begins at a position, maybe politely, or None."""
        polite = self.past_polite(tokens, at)
        for begin in dict.fromkeys((polite, at)):
            noun = begin + 1 < len(tokens) and tokens[begin + 1].text in self.wording.no_verb_after
            if begin >= len(tokens) or noun:
                continue
            base = tokens[begin].text in self.lexicon.english.base and begin == polite
            if base or (self.verb(tokens, begin) and tokens[begin].text not in self.wording.leading):
                return begin  # "call a taxi" is an order
        return None

    def past_polite(self, tokens: Sequence[Token], at: int) -> int:
        """Returns the position after politeness such as ``could you please``."""
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        while at < len(tokens) and (polite is not None or tokens[at].text in self.wording.leading):
            at = polite[0] if polite is not None else at + 1
            polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        return at

    def inside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an order may begin within a sentence, without a punctuation mark before it."""
        if at < 1 or tokens[at - 1].text in self.wording.no_order_after or not self.begins(tokens, at):
            return False
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(tokens, at)
        return polite is not None or tokens[at].text in self.wording.leading or self.verb(tokens, at)

    def seconds(self, tokens: Sequence[Token], at: int) -> int | None:
        """Returns the end of a duration at a position, or None."""
        ends = [end for end, amount in self.quantities.amount(tokens, at) if amount.unit == "s"]
        return ends[0] if ends and ends[0] > at else None

    def noun(self, tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
        """Returns the end and the longest noun phrase at a position that names objects of the scene, or None."""
        found = self.nouns().parse(tokens, at)
        return next(((end, noun) for end, noun in found if noun.role in ("thing", "list", "pronoun")), None)

    def person(self, noun: Noun) -> bool:
        """Whether a noun means people only."""
        return bool(noun.ids) and noun.ids is not None and noun.ids <= self.people

    def said(self, tokens: Sequence[Token]) -> str:
        return " ".join(token.text for token in tokens)

    def words(self, text: str, like: Token) -> Tokens:
        """Makes tokens of words to insert.

        Args:
            text: The words.
            like: A token of the place, for the position in the source.
        """
        plain = replace(like, written=like.text)  # an inserted word is no possessive
        return tuple(plain.read_as(one.text) for one in tokenise(text, {}).tokens)
