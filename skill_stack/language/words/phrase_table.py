"""PhraseTable: longest-match lookup of phrases of several words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from skill_stack.language.words.text import Token

Value = TypeVar("Value")


class PhraseTable(Generic[Value]):
    """A multimap from phrases to values."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], Value]] = ()) -> None:
        """Builds the table.

        Args:
            entries: Phrases as words, with their values. A phrase may have several values.
        """
        self._phrases: dict[tuple[str, ...], list[Value]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the phrases that begin with a word, the longest first
        for words, value in entries:
            self.add(words, value)

    def add(self, words: Sequence[str], value: Value) -> None:
        """Adds a value for a phrase; an empty phrase is ignored."""
        if words:
            self._phrases.setdefault(tuple(words), []).append(value)
            lengths = {len(words), *self._lengths.get(words[0], ())}
            self._lengths[words[0]] = tuple(sorted(lengths, reverse=True))

    def match(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Value]]:
        """Yields the end position and the value of each phrase that begins at a position, longest first."""
        lengths = self._lengths.get(tokens[at].text, ()) if at < len(tokens) else ()
        if not lengths:
            return
        texts = tuple(token.text for token in tokens[at : at + lengths[0]])
        for length in lengths:
            for value in self._phrases.get(texts[:length], ()) if length <= len(texts) else ():
                yield at + length, value

    def longest(self, tokens: Sequence[Token], at: int) -> tuple[int, Value] | None:
        """Returns the end position and the value of the longest phrase at a position, or None."""
        return next(self.match(tokens, at), None)

    def words(self) -> Iterator[str]:
        """Yields every word of every phrase."""
        for phrase in self._phrases:
            yield from phrase
