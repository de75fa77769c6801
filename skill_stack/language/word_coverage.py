"""Word coverage: whether a reading has exactly the content words of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_stack.language.words.endings import bases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]


class WordCoverage:
    """Compares a text with its reading, by content words in their base forms.

    A reading that leaves out a content word, or adds one, is a guess that the planner asks about.
    """

    def __init__(self, lexicon: Lexicon, known: frozenset[str]) -> None:
        """Collects the function words.

        Args:
            lexicon: The lexicon.
            known: Function words of the grammar.
        """
        small = lexicon.small
        pronouns = (word for words in small.pronouns.values() for word in words)
        self._closed = frozenset({*lexicon.english.auxiliaries, *known, *small.articles, *small.noise, *pronouns})
        skipped = (*small.at_start, *lexicon.manner.ignored, *small.then, *small.before, *small.after, *small.addressee)
        self._skipped: PhraseTable[str] = lexicon.table(skipped)
        self._numbers = lexicon.quantities.numbers

    def unclaimed(self, said: Tokens, read: Tokens) -> tuple[str, ...]:
        """Returns the content words that only one of text and reading has, in any inflection.

        Args:
            said: Tokens of the text.
            read: Tokens that were read.
        """
        return (*self._beyond(said, read), *self._beyond(read, said))

    def _beyond(self, some: Tokens, others: Tokens) -> Iterator[str]:
        there = {form for token in others for form in self._forms(token)}
        return (token.text for token in self._content(some) if not self._forms(token) & there)

    def _content(self, tokens: Tokens) -> Iterator[Token]:
        at = 0
        while at < len(tokens):
            found = self._skipped.longest(tokens, at)
            if found is not None:
                at = found[0]
                continue
            text = tokens[at].text
            if text not in self._closed and (text.isalpha() or tokens[at].number is not None):
                yield tokens[at]
            at += 1

    def _forms(self, token: Token) -> set[str]:
        """The base forms of a word, and its number in digits."""
        number = token.number if token.number is not None else self._numbers.get(token.text)
        return {token.text, *bases(token.text), *([f"{number:g}"] if number is not None else [])}
