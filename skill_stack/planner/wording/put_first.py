"""PutFirst: what is somewhere before something else is done, as an order: ``once the towel is in the basket, …``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.order_form import OrderForm, Tokens


@dataclass(slots=True)
class PutFirst:
    """Puts where a thing is by then as the order that brings it there.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """The order of ``the towel is in the basket``; nothing where that is said of somebody or of no place.

        Args:
            tokens: What is so by then.
        """
        at = next((k for k in range(1, len(tokens) - 2) if tokens[k].text in ("is", "are")), 0)
        if not at or tokens[at + 1].text not in ("in", "on", "back") or not self._named(tokens[:at]):
            return ()
        where = at + 1 + (tokens[at + 1].text == "back")
        goal = self.form.noun(tokens, where + 1) if where + 1 < len(tokens) else None
        if goal is None or goal[0] != len(tokens) or not goal[1].ids or self.form.person(goal[1]):
            return ()
        return (*self.form.words("put", tokens[0]), *tokens[:at], *tokens[where:])

    def _named(self, tokens: Tokens) -> bool:
        """Whether all of some words name a thing that may be carried: nobody, and no place."""
        nouns = (noun for end, noun in self.form.nouns().parse(tokens, 0) if end == len(tokens) and noun.ids)
        return any(not self.form.person(noun) and not (noun.ids or frozenset()) & self.form.places for noun in nouns)
