"""Reasons: why something is to be done, said behind the order: ``close the window, as Tom may catch a cold``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

SURE = frozenset({"because"})
"""Words after which nothing else than a reason can follow."""

MAYBE = frozenset({"as", "since", "for"})
"""Words after which a reason follows where a clause does that tells how things are."""

STATES = frozenset(
    "is are was were am has have had may might must can cannot could will would should need needs want wants likes "
    "like feels feel do does did seems looks".split()
)
"""Verbs of clauses that tell how things are."""

SUBJECTS = frozenset("he she it they we i there this that nobody somebody everybody everyone someone".split())
"""Words with which a clause may begin."""

LONGEST_SUBJECT = 5
"""Words that the subject of a reason may have."""

KEEPING = frozenset({"not", "tell", "say", "ask", "if", "unless", "until"})
"""Words of orders behind which a reason may be part of what they say."""


@dataclass(slots=True)
class Reasons:
    """Leaves out reasons.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence without the reasons behind its orders.

        Args:
            tokens: The sentence.
        """
        tokens = self._on_the_way(tokens)
        if not self.form.begins(tokens, 0) or {token.text for token in tokens} & KEEPING:
            return tokens
        for at in range(2, len(tokens) - 2):
            if not self._begins(tokens, at):
                continue
            end = self._end(tokens, at)
            start = at - (tokens[at - 1].text == ",")
            return (*tokens[:start], *self.of_rest(tokens, end))
        return tokens

    def _on_the_way(self, tokens: Tokens) -> Tokens:
        """Without ``while you are there``, which only says that one more thing can be done."""
        for at in range(len(tokens)):
            end = self.form.at("on_the_way", tokens, at)
            if end is not None and (end == len(tokens) or tokens[end].text in LINKS or self.form.begins(tokens, end)):
                begin = at - (at > 0 and tokens[at - 1].text == ",")
                after = end + (end < len(tokens) and tokens[end].text == "," and begin < at)
                after += at == 0 and after < len(tokens) and tokens[after].text == ","
                return (*tokens[:begin], *tokens[after:])
        return tokens

    def of_rest(self, tokens: Tokens, at: int) -> Tokens:
        """What follows a reason, without the mark before it where nothing else does."""
        return () if all(token.text in LINKS for token in tokens[at:]) else tokens[at:]

    def _begins(self, tokens: Tokens, at: int) -> bool:
        """Whether a reason begins at a position."""
        if tokens[at].text in SURE:
            return True
        if self.form.said(tokens[at : at + 2]) == "so that" and at + 3 < len(tokens):
            return tokens[at + 2].text not in ("you", "i", "we")  # "so that you can fetch the milk" asks for more
        if tokens[at].text not in MAYBE or tokens[at - 1].text in ("as", "such", "same", "ever", "long", "soon"):
            return False
        found = self.form.noun(tokens, at + 1)
        subject = tokens[at + 1].text in SUBJECTS or found is not None
        ends = [at + 2, found[0]] if found is not None else [at + 2]
        tells = any(end < len(tokens) and tokens[end].text in STATES for end in ends)
        apart = tokens[at - 1].text == "," or tokens[at].text != "for"
        return subject and tells and apart and not (tokens[at + 1].text == "that" and tokens[at].text == "for")

    def _end(self, tokens: Tokens, at: int) -> int:
        """Where a reason ends: before the next order, or with the sentence."""
        for end in range(at + 2, len(tokens)):
            link = tokens[end].text in LINKS and end + 1 < len(tokens)
            if tokens[end].text in STOPS or (link and self.form.begins(tokens, end + 1)):
                return end
        return len(tokens)
