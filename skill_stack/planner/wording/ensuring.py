"""Ensuring: several states that one is to see to, each said by itself: ``make sure that the lamp is off and …``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.order_form import OrderForm, Tokens

SEEING_TO = (
    "make sure", "make sure that", "make certain", "make certain that", "see to it", "see to it that", "ensure",
    "ensure that", "be sure that", "take care that", "check that", "double check that",
)  # fmt: skip
"""Beginnings of an order to bring about what a clause says."""

MATTERING = tuple(
    f"{begin} {how} that"
    for begin in ("it is", "it s", "it is very", "it s very", "it is really")
    for how in ("important", "essential", "necessary", "vital", "crucial", "imperative")
)
"""Beginnings of a wish that some clause comes true."""

BEING = frozenset("is are gets get was were be stays stay".split())
"""Verbs by which a clause says how something shall be."""

STATES = {"on": "switch on", "off": "switch off", "closed": "close", "shut": "close", "open": "open", "locked": "lock",
          "unlocked": "unlock"}  # fmt: skip
"""States of things, and the orders that bring them about; a participle is its own verb."""


@dataclass(slots=True)
class Ensuring:
    """Puts each clause as an order.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence with an order for each state that it asks for.

        Args:
            tokens: The sentence.
        """
        begin = self._wished(tokens)
        if begin:
            tokens = (*self.form.words("make sure that", tokens[0]), *tokens[begin:])
        at = self.form.past_polite(tokens, 0)
        found = self.form.lexicon.table(SEEING_TO).longest(tokens, at)
        first = found[0] if found else len(tokens)
        first += int(first < len(tokens) and tokens[first].text == "that")
        if found is None or not self._state(tokens, first):
            return tokens
        again = self.form.words("make sure that", tokens[at])
        done = self._order(tokens, first)
        out, k = [*tokens[:at], *(done[1] if done else again)], done[0] if done else first
        while k < len(tokens):
            out.append(tokens[k])
            joined = k + 1 < len(tokens) and tokens[k].text in ("and", ",")
            k += 2 if joined and tokens[k + 1].text == "that" else 1
            if joined and self._state(tokens, k):
                order = self._order(tokens, k)
                out += order[1] if order else again
                k = order[0] if order else k
        return tuple(out)

    def _order(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a clause ends that says how something shall be, and the order that brings it about."""
        end = self._state(tokens, at) + 1
        if end >= len(tokens) or tokens[end].text == "not":
            return None
        verb = STATES.get(tokens[end].text) or Duty(self.form).base(tokens, end)
        return (end + 1, (*self.form.words(verb, tokens[at]), *tokens[at : end - 1])) if verb else None

    def _wished(self, tokens: Tokens) -> int:
        """Where the words end that say that what follows matters; 0 for none."""
        found = self.form.lexicon.table(MATTERING).longest(tokens, 0)
        return found[0] if found else 0

    def _state(self, tokens: Tokens, at: int) -> int:
        """Where the verb stands by which words at a position say how something of the scene is; 0 for none."""
        nouns = [end for end, noun in self.form.nouns().parse(tokens, at) if noun.role in ("thing", "list", "pronoun")]
        return min((end for end in nouns if end < len(tokens) and tokens[end].text in BEING), default=0)
