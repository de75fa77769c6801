"""Forms: which words are forms of one another, so that *sneezed* and *sneezing* tell what *sneeze* tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skill_stack.planner.language.verb_forms import bases


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

    def of(self, word: str) -> frozenset[str]:
        """A word and everything that it may be a form of."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = frozenset({word, *bases(word), *self._irregular.get(word, ())})
        return found

    def at(self, said: Sequence[frozenset[str]], words: Sequence[str], begin: int) -> bool:
        """Whether words stand at a position, in any form.

        Args:
            said: The forms of what was said.
            words: Base forms.
            begin: The position.
        """
        if begin + len(words) > len(said):
            return False
        return all(word in said[begin + k] for k, word in enumerate(words))
