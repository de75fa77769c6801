"""Floors: cleaning the floor of a room by the verb that the robot has for it: ``do the floors: the hall, the bar``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

CLEANING = ("vacuum", "hoover", "mop", "sweep", "scrub")
"""Verbs of cleaning the floor of a room."""

DOING = frozenset("do clean wash".split())
"""Verbs by which a floor is cleaned, however that is done."""

BEFORE = frozenset("to please you kindly just now".split())
"""Words before the verb of an order: ``it is your turn to``."""


@dataclass(slots=True)
class Floors:
    """Puts cleaning floors in the words of the robot.

    Attributes:
        form: Finds nouns and the verbs of the robot.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which floors are cleaned by the verb that the robot has for it.

        Args:
            tokens: The text.
        """
        for at in range(len(tokens) - 3):
            begun = at == 0 or tokens[at - 1].text in LINKS | BEFORE
            texts = [token.text for token in tokens[at : at + 4]]
            floor = texts[0] in DOING and texts[1] == "the" and texts[2] in ("floor", "floors")
            if not begun or not floor or texts[3] not in ("of", "in", ":"):
                continue
            room = self.form.noun(tokens, at + 4) if at + 4 < len(tokens) else None
            verb = next((one for one in CLEANING if self.form.does(self.form.words(one, tokens[at]), 0)), "")
            if room is not None and verb and self._rooms(tokens, at + 4):
                return self.of((*tokens[:at], tokens[at].read_as(verb), *tokens[at + 4 :]))
        return tokens

    def _rooms(self, tokens: Tokens, at: int) -> bool:
        """Whether a room is named at a position."""
        nouns = self.form.nouns().parse(tokens, at)
        return any(bool(noun.ids) and (noun.ids or frozenset()) <= self.form.places for _, noun in nouns)
