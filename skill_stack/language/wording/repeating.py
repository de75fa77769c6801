"""Repeating: rewrites repetitions before an order, and opposite directions of one verb."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.answers import Answer, question
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.text import LINKS, past


@dataclass(slots=True)
class Repeating:
    """Rewrites repetitions to one form.

    Attributes:
        form: Finds orders, and parses numbers.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence with the number of repetitions at its end; a question if they have no end."""
        return self._endless(tokens) or self._opposite(self._fronted(tokens))

    def _endless(self, tokens: Tokens) -> Answer | None:
        """The question for the number of repetitions if they have no end, or None."""
        for at in range(len(tokens)):
            end = self.form.at("endless", tokens, at)
            if end is None:
                continue
            if (at == 0 and self.form.begins(tokens, end)) or (end == len(tokens) and self.form.begins(tokens, 0)):
                said = self.form.said(tokens[at:end])
                return question(f"How often? '{said}' has no end; say for example 'three times' or 'until …'.")
        return None

    def _fronted(self, tokens: Tokens) -> Tokens:
        """Moves a number of repetitions to the end: ``three times go to the table``, ``do this twice: …``."""
        for at in (0, 1, 2, 3):
            times = self.form.quantities.times(tokens, at)
            lead = tuple(token.text for token in tokens[:at])
            if times is None or " ".join(lead) not in self.form.wording.before_times:
                continue
            end = past(tokens, times[0], (",", ":", "the", "do", "this", "following"))
            if times[1].count > 1 and self.form.begins(tokens, end):
                comma = self.form.words(",", tokens[0])
                several = any(token.text in LINKS for token in tokens[end:])
                return (*tokens[end:], *(comma if several else ()), *tokens[at : times[0]])
        return tokens

    def _opposite(self, tokens: Tokens) -> Tokens:
        """Splits ``turn the lamp on and off`` into two orders."""
        for at in range(2, len(tokens) - 2):
            link = tokens[at + 1].text in ("and", "then")
            skip = at + 3 if tokens[at + 1].text == "and" and tokens[at + 2].text == "then" else at + 2
            one, two = tokens[at].text, tokens[skip].text if skip < len(tokens) else ""
            if not link or not (self.form.wording.opposite.get(one) == two or {one, two} == {"left", "right"}):
                continue
            start = max([k + 1 for k in range(at) if tokens[k].text in LINKS], default=0)
            after = skip + 1 == len(tokens) or tokens[skip + 1].text in LINKS
            after = after or self.form.quantities.times(tokens, skip + 1) is not None
            if after and self.form.begins(tokens, start) and at - start > 1:
                then = self.form.words(", then", tokens[at])
                rest = self._often(tokens[skip + 1 :])
                return (*tokens[: at + 1], *then, *tokens[start:at], tokens[skip], *rest)
        return tokens

    def _often(self, rest: Tokens) -> Tokens:
        """A number of repetitions with a comma before it, so that it counts for both orders."""
        times = self.form.quantities.times(rest, 0) if rest else None
        return (*self.form.words(",", rest[0]), *rest) if times is not None else rest
