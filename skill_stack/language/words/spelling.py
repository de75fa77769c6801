"""Spelling: corrects typing errors of one letter, or two in long words, in unknown words."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters of a corrected word at least; in a shorter one only two swapped letters are corrected."""

LONG = 9
"""Letters of a word with two errors at least."""

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
        """Returns known words from which a word may come, each with its cost, lowest first; empty for a known word.

        One letter may be missing, extra, swapped or wrong; in a long word that begins right two may.
        """
        if word in self._ranks or not word.isalpha() or len(word) < SHORTEST - 1:
            return []
        most = 2 if len(word) >= LONG else 1
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=None)
        costs = ((known, _cost(word, known, errors)) for known, errors, _ in near)
        return sorted((cost + self._ranks[known] / 10, known) for known, cost in costs if cost is not None)


def _cost(word: str, known: str, errors: int) -> float | None:
    """Cost of errors: 0 for a swap, 1 for a missing or extra letter, 2 for a wrong one, 3 for the first one, 4 for two.

    None where they are not plausible: a wrong letter in a word of three, a wrong first one in a word of four.
    """
    begins, swapped, shifted = word[0] == known[0], sorted(word) == sorted(known), len(word) != len(known)
    if errors > 1:
        return 4.0 if begins else None
    if not swapped and not shifted and len(word) < SHORTEST + (not begins):
        return None
    return 0.0 if swapped else 3.0 if not begins else 1.0 if shifted else 2.0
