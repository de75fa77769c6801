"""Spelling: corrects typing errors of one letter, or two in long words, in unknown words."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters of a corrected word at least; in a shorter one only two swapped letters are corrected."""

LONG = 7
"""Letters of a word with two errors at least."""

TWO_SLIPS = 4.0
"""Cost of two errors in one word; see :func:`_slip`."""

LIKENESS = 83.0
"""Least similarity for two errors: twice the common letters over all letters of both words, percent."""

MOST_MENDED = 40
"""Unknown words of one text that are corrected at most."""


class Speller:
    """Known words, with the errors from which they may come."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        """Takes groups of words, the preferred group first."""
        self._ranks: dict[str, int] = {}
        for rank, group in enumerate(groups):
            for word in group:
                self._ranks.setdefault(word, rank)
        self._words = [word for word in self._ranks if len(word) >= SHORTEST - 1 and word.isalpha()]

    def __contains__(self, word: object) -> bool:
        return word in self._ranks

    def mend(self, word: str) -> list[tuple[float, str]]:
        """Returns known words one error away, each with its cost, lowest first; empty for a known word."""
        if word in self._ranks or not word.isalpha() or len(word) < SHORTEST - 1:
            return []
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=1, limit=None)
        found = sorted((_slip(word, known) + self._ranks[known] / 10, known) for known, *_ in near if _may(word, known))
        return found or self._two_slips(word)

    def _two_slips(self, word: str) -> list[tuple[float, str]]:
        """The most similar long word that begins like a long word: ``refridgrator``."""
        alike = [known for known in self._words if known[0] == word[0] and abs(len(known) - len(word)) < 3]
        best = process.extractOne(word, alike, scorer=fuzz.ratio, score_cutoff=LIKENESS) if len(word) >= LONG else None
        return [(TWO_SLIPS, best[0])] if best else []


def _slip(word: str, known: str) -> int:
    """Cost of an error: 0 for a swap, 1 for a missing or extra letter, 2 for a wrong one, 3 for a wrong first one."""
    if sorted(word) == sorted(known):
        return 0
    if word[0] != known[0]:
        return 3
    return 1 if len(word) != len(known) else 2


def _may(word: str, known: str) -> bool:
    """Whether one error is plausible: in short words only a swap, in those of four letters no wrong first one."""
    swapped = sorted(word) == sorted(known)
    wrong = len(word) >= SHORTEST and (word[0] == known[0] or len(word) > SHORTEST)
    return swapped or len(word) != len(known) or wrong
