"""Forms: inflected forms of a word, so that *sneezed* and *sneezing* match *sneeze*."""

from __future__ import annotations

import re
from collections.abc import Mapping

from skill_stack.language.words.verb_forms import bases

_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Verbs that double their last letter before *ing* and *ed*: *dining* is no form of *din*."""


class Forms:
    """Base forms of words, remembered."""

    def __init__(self, irregular: Mapping[str, tuple[str, ...]]) -> None:
        """Takes forms that follow no rule.

        Args:
            irregular: Forms by their base form.
        """
        self._known: dict[str, frozenset[str]] = {}
        self._irregular: dict[str, set[str]] = {}
        for base, others in irregular.items():
            for other in others:
                self._irregular.setdefault(other, set()).add(base)

    def forms_of(self, word: str) -> frozenset[str]:
        """A word and everything that it may be a form of."""
        found = self._known.get(word)
        if found is None:
            plain = (base for base in bases(word) if not self._doubled(word, base))
            found = self._known[word] = frozenset({word, *plain, *self._irregular.get(word, ())})
        return found

    @staticmethod
    def _doubled(word: str, base: str) -> bool:
        """Whether a word would be written with two letters if it were a form of that base."""
        return word in (base + "ing", base + "ed") and _DOUBLING.fullmatch(base) is not None
