"""Means: an end with the order by which it is to be reached: ``keep the flies out by closing the window``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.text import Token
from skill_stack.planner.language.verb_forms import bases
from skill_stack.planner.wording.order_form import OrderForm, Tokens

AIMS = frozenset("keep prevent avoid protect save stop make let ensure help show send see".split())
"""Verbs of ends; others count where no skill of the robot is asked for by them."""

STATED = frozenset({"make", "keep", "get", "leave"})
"""Verbs before ``it`` and a state: ``make it warm in here: …``."""


@dataclass(slots=True)
class Means:
    """Leaves out an end where it is said what is to be done for it.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence as the order that reaches its end.

        Args:
            tokens: The sentence.
        """
        return self._stated(self._by(tokens))

    def _by(self, tokens: Tokens) -> Tokens:
        """``close the window`` for ``keep the flies out by closing the window``."""
        begin = self.form.past_polite(tokens, 0)
        for at in range(begin + 2, len(tokens) - 2):
            base = self._base(tokens, at + 1) if tokens[at].text == "by" else ""
            if not base or (tokens[begin].text not in AIMS and self.form.does(tokens, begin)):
                continue
            order = (tokens[at + 1].read_as(base), *tokens[at + 2 :])
            order = tuple(one for token in order for one in self._meant(token, tokens[begin + 1 : at]))
            return self._there(order, tokens[begin + 1 : at])
        return tokens

    def _there(self, order: Tokens, end: Tokens) -> Tokens:
        """An order with the place of its end, where one of several things is there: ``the heater in room 2``."""
        places = [(at, found) for at in range(len(end)) if (found := self.form.noun(end, at)) is not None
                  and (found[1].ids or frozenset("?")) <= self.form.places]  # fmt: skip
        at = next((at for at in range(1, len(order)) if self.form.noun(order, at) is not None), 0)
        thing = self.form.noun(order, at) if at else None
        if not places or thing is None or thing[0] != len(order) or len(thing[1].ids or ()) < 2:
            return order
        begin, (far, _) = places[-1]
        said = (*order, *self.form.words("in", order[-1]), *end[begin:far])
        placed = self.form.noun(said, at)
        known = placed is not None and placed[0] == len(said) and tuple(self.form.meant(placed[1]))
        return said if known else order

    def _base(self, tokens: Tokens, at: int) -> str:
        """The verb of the robot of which a form in -ing stands at a position, or empty."""
        text = tokens[at].text
        some = (one for one in (bases(text) if text.endswith("ing") else ()) if len(one) > 1)
        return next((one for one in some if self.form.does((tokens[at].read_as(one), *tokens[at + 1 :]), 0)), "")

    def _meant(self, token: Token, end: Tokens) -> Tokens:
        """A word of the order, or what it stands for in the end that was said before it."""
        wanted = {"him": "person", "her": "person", "them": "any", "it": "thing", "there": "place"}.get(token.text)
        if wanted is None:
            return (token,)
        for at in reversed(range(len(end))):
            for far, noun in self.form.nouns().parse(end, at):
                inner = at and end[at - 1].text in ("the", "a", "an", "our", "my")
                if noun.role == "thing" and noun.ids and not inner and self._is(noun, wanted):
                    to = self.form.words("to", token) if wanted == "place" else ()
                    return (*to, *end[at:far])
        return (token,)

    def _is(self, noun: Noun, wanted: str) -> bool:
        """Whether a noun means somebody, a place or another thing, as it is wanted."""
        ids = noun.ids or frozenset()
        kind = "person" if self.form.person(noun) else "place" if ids <= self.form.places else "thing"
        return kind == wanted or (wanted == "any" and kind != "place") or (wanted == "place" and kind == "thing")

    def _stated(self, tokens: Tokens) -> Tokens:
        """``turn the heater on`` for ``make it warm in here: turn the heater on``."""
        begin = self.form.past_polite(tokens, 0)
        mark = next((at for at in range(begin + 3, len(tokens) - 1) if tokens[at].text == ":"), None)
        if mark is None or tokens[begin].text not in STATED or tokens[begin + 1].text != "it":
            return tokens
        return self._there(tokens[mark + 1 :], tokens[:mark]) if self.form.begins(tokens, mark + 1) else tokens
