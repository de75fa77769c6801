"""Saying: a pattern of a statement, with slots for any words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

NOT_SAID = frozenset("you to that not do if i we who what whether there someone somebody".split())
"""Words with which an open part never begins: ``I want you to …`` is an instruction, not a wish for you."""

_PARTS = re.compile(r"\{([xyz])\}|\(([^()]*)\)")

_compiled = functools.cache(re.compile)
"""Patterns are compiled once for all planners of a process: there are more of them than :mod:`re` keeps."""

Split = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Saying:
    """One way of stating something.

    Attributes:
        pattern: What the words must be, each after a blank, with a group for each open part. It is compiled when words
            are heard that may be this: there are hundreds.
        words: Words that are said whatever the open parts and the choices are.
    """

    pattern: str
    words: frozenset[str]

    @classmethod
    def parse(cls, text: str, split: Split) -> Saying:
        """Reads ``{x} (belongs|goes) on {y}``.

        Args:
            text: The words; ``{x}`` and ``{y}`` for open parts, ``(a|b)`` for a choice, ``(a|)`` for words that may
                be left out.
            split: Gives the words of a piece of text that make a difference.
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
        """What the open parts stand for; None when something else was said.

        Args:
            said: What was said, word by word.
        """
        if not self.words <= set(said):
            return None
        found = _compiled(self.pattern).fullmatch("".join(f" {word}" for word in said))
        if found is None or any(part.split()[0] in NOT_SAID for part in found.groups()):
            return None
        return found.groupdict()


def _literal(text: str, split: Split) -> str:
    """Words as a pattern, each after a blank."""
    return "".join(f" {re.escape(word)}" for word in split(text))
