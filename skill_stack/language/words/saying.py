"""Saying: the pattern of a statement, with open parts for any words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.language.words.function_words import WORDS

_PARTS = re.compile(r"\{([xyz])\}|\(([^()]*)\)")

_compiled = functools.cache(re.compile)
"""Compiled once for all planners of a process: there are more patterns than :mod:`re` caches."""

Split = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Saying:
    """One pattern of a statement.

    Attributes:
        pattern: Regular expression with a blank before each word and a group for each open part. It is compiled at
            first use, since there are hundreds.
        words: Words outside of open parts and choices.
    """

    pattern: str
    words: frozenset[str]

    @classmethod
    def parse(cls, text: str, split: Split) -> Saying:
        """Parses a pattern such as ``{x} (belongs|goes) on {y}``.

        Args:
            text: The pattern: ``{x}`` and ``{y}`` are open parts, ``(a|b)`` is a choice, ``(a|)`` is optional.
            split: Gives the words of a piece of text that are compared.
        """
        pattern, at, words = "", 0, set[str]()
        for found in _PARTS.finditer(text):
            words |= set(split(text[at : found.start()]))
            pattern += _literal(text[at : found.start()], split)
            if found[1]:
                pattern += f" (?P<{found[1]}>.+?)"
            else:
                ways = sorted({_literal(one, split) for one in found[2].split("|")}, key=len, reverse=True)
                pattern += f"(?:{'|'.join(ways)})"
            at = found.end()
        return cls(pattern + _literal(text[at:], split), frozenset(words | set(split(text[at:]))))

    def heard(self, said: Sequence[str]) -> Mapping[str, str] | None:
        """Returns the words of each open part; None if the words do not match."""
        if not self.words <= set(said):
            return None
        found = _compiled(self.pattern).fullmatch("".join(f" {word}" for word in said))
        if found is None or any(part.split()[0] in WORDS.not_open for part in found.groups()):
            return None
        return found.groupdict()


def _literal(text: str, split: Split) -> str:
    """A regular expression for words, with a blank before each."""
    return "".join(f" {re.escape(word)}" for word in split(text))
