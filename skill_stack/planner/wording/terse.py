"""Terse: orders that leave out what they are about, as it was named before: ``wash the fork, put in the drawer``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import Token
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

ONTO = frozenset("on onto in into inside".split())
"""Words before where something is put."""

PUTTING = frozenset({"put", "place", "set"})
"""Verbs that need a thing."""

PARTS = frozenset({"slice", "piece", "slices", "pieces"})
"""Words for some of what was cut."""

CUTTING = frozenset({"slice", "cut", "chop", "carve"})
"""Verbs by which a thing becomes several pieces."""

ONE = frozenset({"a", "one", "the", "that"})
"""Words before a piece."""


@dataclass(slots=True)
class Terse:
    """Puts in the thing that was named before.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which every order says what it is about.

        Args:
            tokens: The text.
        """
        if not self.form.begins(tokens, 0):
            return tokens
        verbs = {verb for words in self.form.lexicon.things.prepared.values() for verb in words}
        out: list[Token] = []
        many = ""
        at = 0
        while at < len(tokens):
            named = self._named(tokens, at)
            if many and self._piece(tokens, at, out):
                out += self.form.words("it", tokens[at])
                at += 2
                continue
            out.append(tokens[at])
            begins = at == 0 or tokens[at - 1].text in LINKS or tokens[at - 1].text == "then"
            if many and begins and self._lacks(tokens, at, verbs):
                out += self.form.words(many, tokens[at])
            many = named or many
            at += 1
        return tuple(out)

    def _named(self, tokens: Tokens, at: int) -> str:
        """What stands for the thing that is named right after a verb that begins an order; empty for none."""
        if at == 0 or tokens[at - 1].text in (*LINKS, "on", "in", "to", "into", "onto"):
            return ""
        found = self.form.noun(tokens, at)
        if found is None or found[1].role not in ("thing", "list") or self.form.person(found[1]):
            return ""
        alone = found[1].role == "thing" and found[1].many == "one" and found[1].count < 2
        thing = found[1].role == "list" or bool(found[1].ids) and not (found[1].ids or frozenset()) <= self.form.places
        return ("it" if alone else "them") if thing and self._order_before(tokens, at) else ""

    def _order_before(self, tokens: Tokens, at: int) -> bool:
        """Whether a verb that begins an order stands right before a position, perhaps with a particle."""
        return any(
            back >= 0 and (back == 0 or tokens[back - 1].text in LINKS) and self.form.begins(tokens, back)
            for back in (at - 1, at - 2)
        )

    def _lacks(self, tokens: Tokens, at: int, verbs: set[str]) -> bool:
        """Whether an order begins at a position that has no thing: ``put in the drawer``, ``wash,``."""
        text = tokens[at].text
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if text in PUTTING:
            return after in ONTO and self.form.noun(tokens, at + 2) is not None
        return text in verbs and (not after or after in LINKS)

    def _piece(self, tokens: Tokens, at: int, before: list[Token]) -> bool:
        """Whether a piece of what was cut is named at a position: ``slice the loaf and toast a slice``."""
        cut = CUTTING & {token.text for token in before}
        texts = [token.text for token in tokens[at : at + 3]]
        alone = len(texts) > 1 and texts[0] in ONE and texts[1] in PARTS and texts[2:] != ["of"]
        return bool(cut) and alone and self.form.noun(tokens, at) is None
