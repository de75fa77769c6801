"""String similarity by character trigrams, language-independent."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 3
"""Characters of a gram."""

_WORD = re.compile(r"[^\W_]+")


def grams(text: str) -> frozenset[str]:
    """Every run of three characters of each word; the ends of words count as characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    padded = (f" {word} " for word in _WORD.findall(plain))
    return frozenset(word[at : at + LENGTH] for word in padded for at in range(len(word) - LENGTH + 1))


def held_by(whole: frozenset[str], part: frozenset[str]) -> float:
    """The share of a text's grams that another one has too; 0 for a text without any.

    Args:
        whole: Grams of the text that is searched.
        part: Grams of the one that is looked for.
    """
    return len(whole & part) / len(part) if part else 0.0
