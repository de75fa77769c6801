"""Spelling: corrects typing errors of one letter, or two in long words, in unknown words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

SHORTEST = 4
"""Letters of a corrected word at least; in a shorter one only two swapped letters are corrected."""

LONG = 7
"""Letters of a word with two errors at least."""

TWO_SLIPS = 4.0
"""Cost of two errors in one word; see :func:`_slip`."""

LIKENESS = 0.83
"""Least similarity for two errors: twice the common letters over all letters of both words, 0 to 1."""

MOST_MENDED = 40
"""Unknown words of one text that are corrected at most."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Known words, indexed with any one letter left out.

    Attributes:
        words: Known words with their rank; lower ranks are preferred.
    """

    words: dict[str, int]
    _by_part: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def from_groups(cls, groups: Iterable[Iterable[str]]) -> Speller:
        """Makes a speller from groups of words, the preferred group first."""
        words: dict[str, int] = {}
        for rank, group in enumerate(groups):
            for word in group:
                words.setdefault(word, rank)
        speller = cls(words)
        for word in words:
            if len(word) >= SHORTEST - 1 and word.isalpha():
                for part in _parts(word):
                    speller._by_part.setdefault(part, []).append(word)
        return speller

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def mend(self, word: str) -> list[tuple[float, str]]:
        """Returns known words one error away, each with its cost, lowest first; empty for a known word."""
        if word in self.words or not word.isalpha() or len(word) < SHORTEST - 1:
            return []
        near = {known for part in _parts(word) for known in self._by_part.get(part, ())}
        slips = [known for known in near if _one_slip(word, known)]
        found = sorted((_slip(word, known) + self.words[known] / 10, known) for known in slips)
        return found or self._two_slips(word)

    def _two_slips(self, word: str) -> list[tuple[float, str]]:
        """Long known words that are similar to a long word: ``refridgrator``."""
        if len(word) < LONG:
            return []
        alike = (known for known in self.words if known[:1] == word[0] and abs(len(known) - len(word)) < 3)
        return [(TWO_SLIPS, known) for known in difflib.get_close_matches(word, alike, 1, LIKENESS)]


def _parts(word: str) -> set[str]:
    """The word, and the word without each of its letters."""
    return {word} | {word[:k] + word[k + 1 :] for k in range(len(word))}


def _slip(word: str, known: str) -> int:
    """Cost of an error: 0 for a swap, 1 for a missing or extra letter, 2 for a wrong one, 3 for a wrong first one."""
    if sorted(word) == sorted(known):
        return 0
    if word[0] != known[0]:
        return 3
    return 1 if len(word) != len(known) else 2


def _one_slip(word: str, known: str) -> bool:
    """Whether one letter is missing, extra or different, or two neighbours are swapped; short words only swapped."""
    if len(word) == len(known):
        differ = [k for k in range(len(word)) if word[k] != known[k]]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            return word[differ[0]] == known[differ[1]] and word[differ[1]] == known[differ[0]]
        return len(differ) == 1 and len(word) >= SHORTEST and (differ[0] > 0 or len(word) > SHORTEST)
    short, long = sorted((word, known), key=len)
    if len(long) - len(short) != 1 or len(short) < SHORTEST - 1:
        return False
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))
