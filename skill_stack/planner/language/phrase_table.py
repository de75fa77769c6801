"""PhraseTable: longest-match lookup of phrases of several words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from skill_stack.planner.language.text import Token

Value = TypeVar("Value")


class PhraseTable(Generic[Value]):
    """Values by phrase."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], Value]] = ()) -> None:
        """Builds the table.

        Args:
            entries: Phrase as words, and what it means. The same phrase may stand for several values.
        """
        self._by_first: dict[str, dict[tuple[str, ...], list[Value]]] = {}
        for words, value in entries:
            self.add(words, value)

    def add(self, words: Sequence[str], value: Value) -> None:
        """Adds one phrase; an empty one is ignored."""
        if words:
            self._by_first.setdefault(words[0], {}).setdefault(tuple(words), []).append(value)

    def match(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Value]]:
        """Phrases that stand at a position, the longest first.

        Args:
            tokens: The text.
            at: Where the phrase must begin.

        Yields:
            Position after the phrase, and its value.
        """
        if at >= len(tokens):
            return
        found = []
        for words, values in self._by_first.get(tokens[at].text, {}).items():
            end = at + len(words)
            if end <= len(tokens) and all(tokens[at + k].text == word for k, word in enumerate(words)):
                found.append((end, values))
        for end, values in sorted(found, key=lambda pair: -pair[0]):
            for value in values:
                yield end, value

    def longest(self, tokens: Sequence[Token], at: int) -> tuple[int, Value] | None:
        """The longest phrase at a position, or None."""
        return next(self.match(tokens, at), None)

    def words(self) -> Iterator[str]:
        """Every word of every phrase."""
        for phrases in self._by_first.values():
            for phrase in phrases:
                yield from phrase
