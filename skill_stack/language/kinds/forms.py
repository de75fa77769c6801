"""Forms: inflected forms of a word, so that *sneezed* and *sneezing* match *sneeze*."""

from __future__ import annotations

import re
from collections.abc import Mapping

from skill_stack.language.words.verb_forms import bases

_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Base forms that double their last letter before *ing* and *ed*: *dining* is no form of *din*."""


class Forms:
    """Base forms of words, with a cache."""

    def __init__(self, irregular: Mapping[str, tuple[str, ...]]) -> None:
        """Takes irregular forms.

        Args:
            irregular: Forms by their base form.
        """
        self._known: dict[str, frozenset[str]] = {}
        self._irregular: dict[str, set[str]] = {}
        for base, others in irregular.items():
            for other in others:
                self._irregular.setdefault(other, set()).add(base)

    def forms_of(self, word: str) -> frozenset[str]:
        """Returns a word with its possible base forms."""
        found = self._known.get(word)
        if found is None:
            plain = (base for base in bases(word) if not self._doubled(word, base))
            found = self._known[word] = frozenset({word, *plain, *self._irregular.get(word, ())})
        return found

    @staticmethod
    def _doubled(word: str, base: str) -> bool:
        """Whether a word would have a double letter if it were a form of the base."""
        return word in (base + "ing", base + "ed") and _DOUBLING.fullmatch(base) is not None
