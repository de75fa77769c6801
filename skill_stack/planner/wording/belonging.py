"""Belonging: whose something is, said without saying what: ``not Tom's room but Ana's``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.scene_words import singulars
from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

ENDING = LINKS | STOPS | {"or", "nor", "too", "instead", "please"}
"""Marks and words behind a name, where what is somebody's is left out."""

LONGEST_NAME = 3
"""Words that somebody's name may have."""


@dataclass(slots=True)
class Belonging:
    """Says what is somebody's.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which a noun follows everybody whose something is.

        Args:
            tokens: The text.
        """
        for at in reversed(range(1, len(tokens))):
            if tokens[at].owner and (at + 1 == len(tokens) or tokens[at + 1].text in ENDING):
                tokens = (*tokens[: at + 1], *self._meant(tokens, at), *tokens[at + 1 :])
        return tokens

    def _meant(self, tokens: Tokens, at: int) -> Tokens:
        """The noun of which it is said whose it is at a position; nothing where none was named before."""
        for begin in range(max(0, at - LONGEST_NAME + 1), at + 1):
            if begin < at and not self._somebody(tokens[begin : at + 1]):
                continue
            for word in self._nouns(tokens[:begin]):
                noun = self.form.words(word, tokens[at])
                found = self.form.noun((*tokens[begin : at + 1], *noun), 0)
                whole = found is not None and found[0] == at + 1 - begin + len(noun)
                if whole and found is not None and found[1].ids is not None and len(found[1].ids) == 1:
                    return noun
        return ()

    def _somebody(self, tokens: Tokens) -> bool:
        """Whether all of some words are somebody's name."""
        plain = (*tokens[:-1], tokens[-1].read_as(tokens[-1].text))
        return any(end == len(tokens) for end, _ in self.form.nouns().owners(plain, 0))

    def _nouns(self, tokens: Tokens) -> Iterator[str]:
        """What was named before, by its last word, the latest first: ``bedroom`` may be a room as well."""
        for at in reversed(range(len(tokens))):
            word = tokens[at].text
            named = self.form.noun(tokens, at)
            if tokens[at].owner or (named is not None and self.form.person(named[1])):
                continue
            for single in (word, *(one[-1] for one in singulars((word,)))):
                yield single
                if single.endswith("room") and single != "room":
                    yield "room"
