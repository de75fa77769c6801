"""Spelling: typing errors of one letter, in long words of two, in otherwise unknown words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

SHORTEST = 4
"""Shortest word that is mended; in a shorter one only two letters that changed places."""

LONG = 7
"""Shortest word in which two slips are mended."""

TWO_SLIPS = 4.0
"""How unlikely two slips in one word are; see :func:`_slip`."""

LIKENESS = 0.83
"""How like two words are of which one is taken for the other: twice the letters in common over all their letters."""

MOST_MENDED = 40
"""Unknown words that are looked at in one text."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Known words, found by any of their letters left out.

    Attributes:
        words: Known words and how much they are preferred; smaller is better.
    """

    words: dict[str, int]
    _by_part: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def from_groups(cls, groups: Iterable[Iterable[str]]) -> Speller:
        """A speller over groups of words, the preferred group first."""
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
        """Known words one slip away, the likeliest first; nothing for a word that is known."""
        if word in self.words or not word.isalpha() or len(word) < SHORTEST - 1:
            return []
        near = {known for part in _parts(word) for known in self._by_part.get(part, ())}
        slips = [known for known in near if _one_slip(word, known)]
        found = sorted((_slip(word, known) + self.words[known] / 10, known) for known in slips)
        return found or self._two_slips(word)

    def _two_slips(self, word: str) -> list[tuple[float, str]]:
        """Long known words that a long word is very like: ``refridgrator``."""
        if len(word) < LONG:
            return []
        alike = (known for known in self.words if known[:1] == word[0] and abs(len(known) - len(word)) < 3)
        return [(TWO_SLIPS, known) for known in difflib.get_close_matches(word, alike, 1, LIKENESS)]


def _parts(word: str) -> set[str]:
    """The word, and the word without each of its letters."""
    return {word} | {word[:k] + word[k + 1 :] for k in range(len(word))}


def _slip(word: str, known: str) -> int:
    """How unlikely a slip is: letters that changed places, a letter too many or too few, another letter, another first
    letter."""
    if sorted(word) == sorted(known):
        return 0
    if word[0] != known[0]:
        return 3
    return 1 if len(word) != len(known) else 2


def _one_slip(word: str, known: str) -> bool:
    """Whether one letter is missing, added, changed, or two neighbours changed places; the last alone when short."""
    if len(word) == len(known):
        differ = [k for k in range(len(word)) if word[k] != known[k]]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            return word[differ[0]] == known[differ[1]] and word[differ[1]] == known[differ[0]]
        return len(differ) == 1 and len(word) >= SHORTEST and (differ[0] > 0 or len(word) > SHORTEST)
    short, long = sorted((word, known), key=len)
    if len(long) - len(short) != 1 or len(short) < SHORTEST - 1:
        return False
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))
