"""Wording: applies all rewriting of an instruction before the grammar."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from skill_stack.core.plan import PlanNode
from skill_stack.language.answers import Answer, every, refusal
from skill_stack.language.wording.exclusion import Exclusion
from skill_stack.language.wording.fronted_conditions import FrontedConditions
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.wording.plainer_orders import PlainerOrders
from skill_stack.language.wording.self_correction import SelfCorrection
from skill_stack.language.wording.timing import Timing
from skill_stack.language.words.text import LINKS, STOPS, Text, Token, tokenise

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

    def rewrite(self, text: Text) -> Text | Answer:
        """Returns the rewritten instruction, or the same text if nothing changes.

        Returns:
            The text; the answer if it needs a clock, an event or an endless repetition.
        """
        if len(text.tokens) > MOST_TOKENS:
            return text
        said = self._out_of_order(text.tokens) or SelfCorrection(self.form).rewrite(text.tokens)
        if isinstance(said, Answer):
            return said
        sentences = every(one for tokens, stop in _sentences(said) for one in (self._sentence(tokens), stop))
        if isinstance(sentences, Answer):
            return sentences
        done = tuple(token for one in sentences for token in one)
        if done == text.tokens:
            return text
        return tokenise(_written(text, list(done)), self.form.lexicon.small.contractions)

    def refused(self, tree: PlanNode, text: Text) -> Answer | None:
        """Returns the refusal of a plan that uses an excluded object; None for others."""
        kept: dict[str, str] = {}
        for sentence, _ in _sentences(text.tokens):
            kept |= Exclusion(self.form).kept(sentence, self.form.meant)
        asked = (node for node in tree.every_skill() if kept and node.why.startswith("asked"))
        done = (str(value) for node in asked for value in node.arguments.values())
        words = next((kept[name] for name in done if name in kept), "")
        right = "all the cups except the red one"
        return refusal(f"I do not understand what '{words}' leaves out. Say it as in '{right}'.") if words else None

    def _out_of_order(self, tokens: Tokens) -> Answer | None:
        """The refusal of an order with its place in the sequence at its end, ``close the door last; first …``; or
        None.
        """
        for at in range(2, len(tokens)):
            end = self.form.at("out_of_order", tokens, at)
            said = end is not None and (tokens[at].text == "before" or tokens[at - 1].text not in LINKS)
            if end is not None and said and end < len(tokens) and tokens[end].text in LINKS:
                more = (k for k in range(end + 1, len(tokens)) if tokens[k - 1].text in LINKS | {"first"})
                if any(self.form.begins(tokens, k) for k in more):
                    words = self.form.said(tokens[at:end])
                    return refusal(f"I do not understand what '{words}' says of the order. Say first what comes first.")
        return None

    def _sentence(self, tokens: Tokens) -> Tokens | Answer:
        form = self.form
        plainer = PlainerOrders(form)
        found = _applied(tokens, plainer.outlined, plainer.on_a_route)
        if isinstance(found, Answer) or len(found) < LEAST_TOKENS:
            return found
        timing = functools.partial(Timing(form).rewrite, notes=self.notes)
        return _applied(
            found, FrontedConditions(form).rewrite, timing, plainer.repeated, Exclusion(form).rewrite
        )


def _applied(tokens: Tokens, *rewriting: Callable[[Tokens], Tokens | Answer]) -> Tokens | Answer:
    """The tokens after each rewriting, or the first answer."""
    for rewrite in rewriting:
        changed = rewrite(tokens)
        if isinstance(changed, Answer):
            return changed
        tokens = changed
    return tokens


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
