"""Polygon: rewrites ``walk in a square with sides of one metre`` as sides and corners."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.answers import Answer, question
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import Token

RIGHT = ({"to", "the", "right"}, {"clockwise"})
"""Words for right turns at the corners."""


@dataclass(slots=True)
class Polygon:
    """Rewrites the outline of a regular polygon as a repetition.

    Attributes:
        form: Parses amounts.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence; unchanged if it names no polygon, more than its sides, or a skill.

        Returns:
            The sentence; a question if the length of the sides is missing.
        """
        texts = [token.text for token in tokens]
        begin = self.form.past_polite(tokens, 0)
        at = begin + (2 if texts[begin + 1 : begin + 2] == ["in"] else 1)
        name = texts[at + 1] if texts[at : at + 1] == ["a"] and at + 1 < len(texts) else ""
        if (
            name not in self.form.wording.corners
            or texts[begin] not in WORDS.walking
            or self._skill(tokens, begin, at + 1)
        ):
            return tokens
        corners, rest = self.form.wording.corners[name], tokens[at + 2 :]
        right = next((words for words in RIGHT if words <= {token.text for token in rest}), set[str]())
        aside = self.form.wording.beside_sides | right
        amount = self._amount(tuple(token for token in rest if token.text not in aside))
        if amount is None:
            return tokens
        if not amount:
            return question(f"How long shall each side of the {name} be? For example 'sides of one metre'.")
        side = " ".join(token.text for token in amount)
        turn = f"turn {'right' if right else 'left'} by {360 / corners:g} degrees"
        return (*tokens[:begin], *self.form.words(f"walk forward {side} and {turn} , {corners} times", tokens[begin]))

    def _skill(self, tokens: Tokens, begin: int, last: int) -> bool:
        """Whether a phrase of a skill, which outranks this reading, has the words from one position to another."""
        end = self.form.skill_end(tokens, begin)
        return end is not None and end > last

    def _amount(self, tokens: Tokens) -> tuple[Token, ...] | None:
        """The tokens of a length; empty if there are none, None if they are something else."""
        ends = (end for end, amount in self.form.quantities.amount(tokens, 0) if amount.unit == "m") if tokens else ()
        return tokens if not tokens or len(tokens) in ends else None
