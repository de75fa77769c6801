"""Purpose: what something is for, whose it is and how little it matters which: said beside what is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

PLACING = frozenset("on onto in into under at inside".split())
"""Words before a place; after one a recipient is no longer to be expected."""

LONGEST_PURPOSE = 4
"""Words that a purpose may have behind whose it is."""

POSSESSIVE = frozenset("his her their my our its".split())
"""Words for whose something is."""


@dataclass(slots=True)
class Purpose:
    """Leaves out what an order does not need.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence without what something is for, and with a place said once.

        Args:
            tokens: The sentence.
        """
        for at in reversed(range(1, len(tokens) - 1)):
            tokens = self._any(self._place(self._purpose(tokens, at), at), at)
        return tokens

    def _purpose(self, tokens: Tokens, at: int) -> Tokens:
        """Without ``for Ms Brandt's next experiment``, where a place was named before it."""
        if tokens[at].text != "for" or not PLACING & {token.text for token in tokens[:at]}:
            return tokens
        for end, _ in self.form.nouns().owners(tokens, at + 1):
            stop = next((k for k in range(end, len(tokens)) if tokens[k].text in (*STOPS, *LINKS)), len(tokens))
            named = any(self.form.noun(tokens, k) is not None for k in range(end, stop))
            if end < stop <= end + LONGEST_PURPOSE and not named:
                return (*tokens[:at], *tokens[stop:])
        return tokens

    def _place(self, tokens: Tokens, at: int) -> Tokens:
        """``to classroom 5b`` for ``to her class in classroom 5b``, where nothing here is called her class."""
        texts = [token.text for token in tokens[at : at + 5]]
        if texts[:1] != ["to"] or len(texts) < 5 or texts[1] not in POSSESSIVE or texts[3] not in ("in", "at"):
            return tokens
        place = self.form.noun(tokens, at + 4)
        known = self.form.noun(tokens, at + 2)
        named = known is not None and known[1].role == "thing" and not self.form.person(known[1])
        if place is None or not place[1].ids or named:
            return tokens
        return (*tokens[: at + 1], *tokens[at + 4 :])

    def _any(self, tokens: Tokens, at: int) -> Tokens:
        """``any lockers`` for ``one of the lockers``."""
        texts = [token.text for token in tokens[at : at + 3]]
        if texts[:2] != ["one", "of"] or texts[2:] not in (["the"], ["our"], ["my"], ["these"], ["those"]):
            return tokens
        noun = self.form.noun(tokens, at + 3)
        if noun is None or noun[1].role != "thing" or tokens[at - 1].text in ("the", "this", "that", "which"):
            return tokens
        return (*tokens[:at], tokens[at].read_as("any"), *tokens[at + 3 :])
