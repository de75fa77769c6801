"""Wording: applies all rewriting of an instruction before the grammar."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.plan import PlanNode
from skill_stack.language.answers import refusal
from skill_stack.language.wording.exclusion import Exclusion
from skill_stack.language.wording.fronted_conditions import FrontedConditions
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.wording.polygon import Polygon
from skill_stack.language.wording.repeating import Repeating
from skill_stack.language.wording.route import Route
from skill_stack.language.wording.self_correction import SelfCorrection
from skill_stack.language.wording.timing import Timing
from skill_stack.language.words.text import STOPS, Text, Token, tokenise

MOST_TOKENS = 80
"""Tokens of an instruction that is rewritten at most."""


LEAST_TOKENS = 4
"""Tokens of a sentence with a time, repetition or exception at least."""


@dataclass(slots=True)
class Wording:
    """Rewrites instructions to the form that the grammar reads.

    Attributes:
        form: Finds orders.
        notes: What was dropped, for the user.
    """

    form: OrderForm
    notes: list[str] = field(default_factory=list)

    def rewrite(self, text: Text) -> Text:
        """Returns the rewritten instruction, or the same text if nothing changes.

        Raises:
            Answer: It needs a clock, an event or an endless repetition.
        """
        if len(text.tokens) > MOST_TOKENS:
            return text
        self._refuse_order(text.tokens)
        said = SelfCorrection(self.form).rewrite(text.tokens)
        done = tuple(token for one, stop in _sentences(said) for token in (*self._sentence(one), *stop))
        if done == text.tokens:
            return text
        return tokenise(_written(text, list(done)), self.form.lexicon.small.contractions)

    def refuse_kept(self, tree: PlanNode, text: Text) -> None:
        """Refuses a plan that uses an excluded object.

        Raises:
            Answer: The plan does so.
        """
        kept: dict[str, str] = {}
        for sentence, _ in _sentences(text.tokens):
            kept |= Exclusion(self.form).kept(sentence, self.form.meant)
        asked = (node for node in tree.every_skill() if kept and node.why.startswith("asked"))
        done = (str(value) for node in asked for value in node.arguments.values())
        words = next((kept[name] for name in done if name in kept), "")
        if words:
            right = "all the cups except the red one"
            raise refusal(f"I do not understand what '{words}' leaves out. Say it as in '{right}'.")

    def _refuse_order(self, tokens: Tokens) -> None:
        """Refuses an order with its place in the sequence at its end: ``close the door last; first …``."""
        for at in range(2, len(tokens)):
            end = self.form.at("out_of_order", tokens, at)
            said = end is not None and (tokens[at].text == "before" or tokens[at - 1].text not in LINKS | STOPS)
            if end is not None and said and end < len(tokens) and tokens[end].text in LINKS | STOPS:
                more = (k for k in range(end + 1, len(tokens)) if tokens[k - 1].text in LINKS | STOPS | {"first"})
                if any(self.form.begins(tokens, k) for k in more):
                    words = self.form.said(tokens[at:end])
                    raise refusal(f"I do not understand what '{words}' says of the order. Say first what comes first.")

    def _sentence(self, tokens: Tokens) -> Tokens:
        tokens = Route(self.form).rewrite(Polygon(self.form).rewrite(tokens))
        if len(tokens) < LEAST_TOKENS:
            return tokens
        tokens = Timing(self.form).rewrite(FrontedConditions(self.form).rewrite(tokens), self.notes)
        return Exclusion(self.form).rewrite(Repeating(self.form).rewrite(tokens))


def _sentences(tokens: Tokens) -> list[tuple[Tokens, Tokens]]:
    """Sentences, each with its final punctuation mark; a colon ends none."""
    out: list[tuple[Tokens, Tokens]] = []
    begin = 0
    for at, token in enumerate(tokens):
        if token.text in STOPS and token.text != ":":
            out.append((tokens[begin:at], tokens[at : at + 1]))
            begin = at + 1
    return [*out, (tokens[begin:], ())]


def _written(text: Text, tokens: list[Token]) -> str:
    """Tokens as text, in their original spelling where unchanged."""
    out = []
    for token in tokens:
        source = text.source[token.start : token.end]
        out.append(source if source.casefold() == token.text or token.owner else token.text)
    return " ".join(out)
