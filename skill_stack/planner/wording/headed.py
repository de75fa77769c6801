"""Headed: orders that are put like the heading of a task: ``To put the cup away``, ``Moving two pens to the desk``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS, Token
from skill_stack.planner.language.verb_forms import bases
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

CARRYING = frozenset({"move", "bring", "carry", "take", "transfer", "relocate"})
"""Verbs by which a thing gets somewhere, besides those of putting."""

ONTO = frozenset("on onto in into inside to".split())
"""Words before where something is put or brought."""

FINITE = frozenset("is are was were be has have had would could should may might must do does did i".split())
"""Words of a clause of its own, so that what stands before it is no heading."""


@dataclass(slots=True)
class Headed:
    """Puts headings as orders.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence with the order that its heading names.

        Args:
            tokens: The sentence.
        """
        return self._putting(self._infinitive(tokens))

    def _infinitive(self, tokens: Tokens) -> Tokens:
        """``heat an apple and …`` for ``To heat an apple and …``; not where the order itself comes after a comma."""
        if len(tokens) < 3 or tokens[0].text != "to" or not self.form.does(tokens, 1):
            return tokens
        marks = (at for at in range(2, len(tokens) - 1) if tokens[at].text in (",", ":"))
        aims = any(self.form.verb_of(tokens, at + 1) is not None and tokens[at + 1].text not in LINKS for at in marks)
        told = FINITE & {token.text for token in tokens}
        return tokens if aims or told else tokens[1:]

    def _putting(self, tokens: Tokens) -> Tokens:
        """``move two pens to the desk`` for ``Moving two pens to the desk``: where something is to go is said."""
        base = self._base(tokens, 0)
        texts = {token.text for token in tokens}
        moves = base in CARRYING or base in self.form.lexicon.wording.putting
        if not base or not moves or not ONTO & texts or FINITE & texts or STOPS & texts:
            return tokens
        found = self.form.noun(tokens, 1)
        if found is None or not found[1].ids or self.form.person(found[1]):
            return tokens
        out: list[Token] = [tokens[0].read_as(base)]
        for at in range(1, len(tokens)):
            other = self._base(tokens, at) if tokens[at - 1].text in LINKS else ""
            out.append(tokens[at].read_as(other) if other else tokens[at])
        return tuple(out)

    def _base(self, tokens: Tokens, at: int) -> str:
        """The verb of an order of which a form in -ing stands at a position, or empty."""
        if at >= len(tokens) or not tokens[at].text.endswith("ing"):
            return ""
        forms = ((one, tokens[at].read_as(one)) for one in bases(tokens[at].text))
        some = [one for one, verb in forms if self.form.does((verb, *tokens[at + 1 :]), 0)]
        return some[0] if some else ""
