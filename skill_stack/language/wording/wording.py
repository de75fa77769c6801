"""Wording: an instruction with when, if, how often and without what, in the form that the grammar reads."""

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
"""Words of an instruction that is put in another form."""


LEAST_TOKENS = 4
"""Words of a sentence that says when, how often or without what."""


@dataclass(slots=True)
class Wording:
    """Puts instructions in one form.

    Attributes:
        form: Finds orders.
        notes: What was left out, for people.
    """

    form: OrderForm
    notes: list[str] = field(default_factory=list)

    def rewrite(self, text: Text) -> Text:
        """An instruction in the form that the grammar reads; the same text where nothing is to be changed.

        Args:
            text: What was said.

        Raises:
            Answer: It asks for a time, a watch or a repetition that is beyond the robot.
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
        """Refuses a plan that does something with what was to be left out.

        Args:
            tree: The plan.
            text: What was said.

        Raises:
            Answer: It does.
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
        """Refuses orders of which words say behind them which one comes last: ``close the door last; first …``."""
        for at in range(2, len(tokens)):
            end = self.form.at("out_of_order", tokens, at)
            said = end is not None and (tokens[at].text == "before" or tokens[at - 1].text not in LINKS | STOPS)
            if end is not None and said and end < len(tokens) and tokens[end].text in LINKS | STOPS:
                more = (k for k in range(end + 1, len(tokens)) if tokens[k - 1].text in LINKS | STOPS | {"first"})
                if any(self.form.begins(tokens, k) for k in more):
                    words = self.form.said(tokens[at:end])
                    raise refusal(f"I do not understand what '{words}' says of the order. Say first what comes first.")

    def _sentence(self, tokens: Tokens) -> Tokens:
        """One sentence in that form."""
        tokens = Route(self.form).rewrite(Polygon(self.form).rewrite(tokens))
        if len(tokens) < LEAST_TOKENS:
            return tokens
        tokens = Timing(self.form).rewrite(FrontedConditions(self.form).rewrite(tokens), self.notes)
        return Exclusion(self.form).rewrite(Repeating(self.form).rewrite(tokens))


def _sentences(tokens: Tokens) -> list[tuple[Tokens, Tokens]]:
    """Sentences and the marks that end them; a colon between digits or after ``this`` ends none."""
    out: list[tuple[Tokens, Tokens]] = []
    begin = 0
    for at, token in enumerate(tokens):
        if token.text in STOPS and token.text != ":":
            out.append((tokens[begin:at], tokens[at : at + 1]))
            begin = at + 1
    return [*out, (tokens[begin:], ())]


def _written(text: Text, tokens: list[Token]) -> str:
    """Tokens as text, each as it was written where it was not changed."""
    out = []
    for token in tokens:
        source = text.source[token.start : token.end]
        out.append(source if source.casefold() == token.text or token.owner else token.text)
    return " ".join(out)
