"""Shunning: what somebody must not or will not have is left out of what he asks for: ``I am allergic to nuts, …``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import OrderForm, Tokens

LONGEST_SUBJECT = 4
"""Words before the verb of who shuns something."""

JOINS = frozenset({",", "and", "but", "so", "because", "as", "since", *STOPS})
"""Marks and words between what somebody shuns and what is asked for."""

LEAST = 2
"""Words of what is asked for."""


@dataclass(slots=True)
class Shunning:
    """Leaves out of things that are open what somebody shuns.

    Attributes:
        form: Finds nouns, and tables of words.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which what somebody shuns is left out of what is asked for; the same where nothing is open.

        Args:
            tokens: The text.
        """
        for begin in range(len(tokens)):
            if begin and tokens[begin - 1].text not in JOINS:
                continue
            for verb in range(begin + 1, min(begin + LONGEST_SUBJECT, len(tokens))):
                at = self.form.at("shunning", tokens, verb)
                if at is None or not self._subject(tokens, begin, verb):
                    continue
                for end, suffix, ids in self._shunned(tokens, at):
                    rest = self._rest(tokens, begin, end)
                    changed = self._without(rest, suffix, ids) if len(rest) >= LEAST else rest
                    if changed != rest:
                        return changed
        return tokens

    def _subject(self, tokens: Tokens, begin: int, end: int) -> bool:
        """Whether somebody who is here is spoken of between two positions, maybe with a verb such as ``is``."""
        if tokens[begin].text in ("i", "we", "he", "she", "they"):
            return True
        found = self.form.noun(tokens, begin)
        return found is not None and self.form.person(found[1]) and found[0] <= end

    def _shunned(self, tokens: Tokens, at: int) -> Iterator[tuple[int, Tokens, frozenset[str] | None]]:
        """Where what is shunned ends, the words that leave it out, and the things; None for what is in them."""
        nouns = self.form.nouns()
        if at < len(tokens):
            lacking = (*self.form.words("without", tokens[at]), *tokens[at:])
            for end, _ in nouns.traits.behind(lacking, 0):
                yield at + end - 1, lacking[:end], None
        for end, noun in nouns.parse(tokens, at):
            parts = noun.parts or (noun,)
            if noun.role in ("thing", "list") and all(part.ids for part in parts):
                ids = frozenset(name for part in parts for name in part.ids or ())
                yield end, (*self.form.words("other than", tokens[at]), *tokens[at:end]), ids

    def _rest(self, tokens: Tokens, begin: int, end: int) -> Tokens:
        """What is said besides the clause about what is shunned; nothing where that clause says more."""
        if end < len(tokens) and tokens[end].text not in JOINS:
            return ()
        behind = end
        while behind < len(tokens) and tokens[behind].text in JOINS:
            behind += 1
        before = begin
        while behind == len(tokens) and before and tokens[before - 1].text in JOINS:
            before -= 1
        return (*tokens[:before], *tokens[behind:])

    def _without(self, tokens: Tokens, suffix: Tokens, ids: frozenset[str] | None) -> Tokens:
        """What is asked for, with what is left out behind every thing that is open."""
        out: list[Tokens] = []
        at = 0
        while at < len(tokens):
            end = self._open(tokens, at, ids)
            out.append(tokens[at : end or at + 1] + (suffix if end else ()))
            at = end or at + 1
        return tuple(token for some in out for token in some)

    def _open(self, tokens: Tokens, at: int, ids: frozenset[str] | None) -> int | None:
        """Where a noun ends that may mean several things, and what is shunned among them; None for no such."""
        found = [(end, noun) for end, noun in self.form.nouns().parse(tokens, at) if self._several(noun)]
        fits = [end for end, noun in found if ids is None or (noun.ids or frozenset()) & ids]
        return min(fits, default=None)

    def _several(self, noun: Noun) -> bool:
        """Whether a noun leaves open which one of several things is meant."""
        return noun.role == "thing" and noun.many == "any" and len(noun.ids or ()) > 1 and not noun.excluded
