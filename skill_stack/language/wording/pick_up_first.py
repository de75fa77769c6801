"""PickUpFirst: an object held while a lamp is turned on, and examined under its light."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.wording.contained import Contained
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.verb_forms import bases

WHILE = frozenset({"while", "whilst", "when"})
"""Words before what is done at the same time."""

HOLDING = frozenset({"hold", "carry"})
"""Verbs of having something in the hand."""


@dataclass(slots=True)
class PickUpFirst:
    """Has a thing taken up first that is to be held meanwhile.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens:
        """One sentence with taking up as an order before the other one.

        Args:
            tokens: The sentence.
        """
        return self._lit(self._carrying(tokens))

    def _carrying(self, tokens: Tokens) -> Tokens:
        """``pick up the pen and turn on the lamp`` for ``carry the pen while turning on the lamp``."""
        if not tokens or tokens[0].text not in HOLDING:
            return tokens
        for end, _ in Contained(self.form).things(tokens, 1):
            if end + 2 < len(tokens) and tokens[end].text in WHILE and tokens[end + 1].text.endswith("ing"):
                verbs = (tokens[end + 1].read_as(base) for base in bases(tokens[end + 1].text))
                orders = ((verb, *tokens[end + 2 :]) for verb in verbs)
                order = next((one for one in orders if self.form.does(one, 0)), ())
                if order:
                    return (*self._take(tokens[1:end]), *order)
        return tokens

    def _lit(self, tokens: Tokens) -> Tokens:
        """``pick up the book and turn on the lamp`` for ``examine the book by the light of the lamp``."""
        for at in range(len(tokens) - 3):
            first = at == 0 or tokens[at - 1].text in LINKS
            begin = self.form.at("examining", tokens, at) if first else None
            if begin is None:
                continue
            for end, _ in Contained(self.form).things(tokens, begin):
                before = self.form.at("lit_by", tokens, end)
                lamp = self._lamp(tokens, before) if before is not None else None
                if before is not None and lamp is not None:
                    name = begin + (tokens[begin].text in self.form.wording.not_named_again)
                    look = (*self.form.words("look at the", tokens[at]), *tokens[name:end])
                    seen = (*self.form.words("and", tokens[at]), *look) if self.form.does(look, 0) else ()
                    on = self.form.words("turn on", tokens[at])
                    return (*tokens[:at], *self._take(tokens[begin:end]), *on, *tokens[before:lamp], *seen,
                            *tokens[lamp:])  # fmt: skip
        return tokens

    def _lamp(self, tokens: Tokens, at: int) -> int | None:
        """Where a lamp ends that is named at a position; None for none."""
        scene = self.form.nouns().scene
        for end, noun in reversed(list(Contained(self.form).things(tokens, at))):
            kinds = {scene[one].kind.replace("_", " ").split()[-1] for one in noun.ids or ()}
            if kinds <= self.form.wording.lamps:
                return end
        return None

    def _take(self, thing: Tokens) -> Tokens:
        """Taking up a thing before something else."""
        return (*self.form.words("pick up", thing[0]), *thing, *self.form.words("and", thing[0]))
