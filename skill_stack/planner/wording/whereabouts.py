"""Whereabouts: a sentence that only says where something is: ``you will find it on the shelf``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

PLACING = frozenset("on in at under behind near next inside beside by upon above below between".split())
"""Words with which a place begins."""

SUBJECTS = {"them": "they", "those": "they", "these": "they", "him": "he", "her": "she", "one": "it", "some": "they"}
"""Pronouns of what something is done with as subjects."""

EXPECTING = frozenset("should must might may could will".split())
"""Words with which somebody says where he thinks that something is."""

SEEKING = frozenset("find search look locate get fetch bring hand pass give".split())
"""Verbs of orders beside which it is only told where their thing should be."""

LONGEST_THING = 6
"""Words of a thing before which a place is looked for."""


@dataclass(slots=True)
class Whereabouts:
    """Puts sentences that say where something is in the form that only tells it.

    Attributes:
        form: Finds tables of words.
    """

    form: OrderForm

    def of(self, tokens: Tokens, others: list[Tokens]) -> Tokens:
        """One sentence in which nothing is looked for that somebody only says the place of.

        Args:
            tokens: The sentence.
            others: The other sentences of what was said.
        """
        alone = not any(others)
        if any(token.text in SEEKING for one in others for token in one):
            tokens = self._expected(tokens)
        for at in range(len(tokens)):
            begun = at == 0 or tokens[at - 1].text in LINKS
            if not begun or (alone and at == 0):
                continue
            end = self.form.at("finding", tokens, at)
            if end is not None and (told := self._told(tokens, at, end)):
                return told
            end = self.form.at("there_may_be", tokens, at)
            if end is not None and end < len(tokens) and tokens[end].text in ("one", "some"):
                return self._told(tokens, at, end) or tokens
        return tokens

    def _expected(self, tokens: Tokens) -> Tokens:
        """``It should be on the shelf`` as ``it is on the shelf``, where something is sought."""
        texts = [token.text for token in tokens[:4]]
        if texts[:1] not in (["it"], ["they"], ["he"], ["she"]) or not EXPECTING & set(texts[1:2]):
            return tokens
        end = 3 if texts[2:3] in (["still"], ["probably"], ["also"]) else 2
        placed = end + 1 < len(tokens) and tokens[end].text == "be" and tokens[end + 1].text in PLACING
        verb = tokens[1].read_as("are" if texts[0] == "they" else "is")
        return (tokens[0], verb, *tokens[end + 1 :]) if placed else tokens

    def counted(self, tokens: Tokens) -> Tokens:
        """One sentence in which somebody asks for a number that he only says he would like to know.

        Args:
            tokens: The sentence.
        """
        end = self.form.at("knowing", tokens, 0)
        if end is None or self.form.said(tokens[end : end + 2]) != "how many":
            return tokens
        return (*self.form.words("tell me", tokens[0]), *tokens[end:])

    def _told(self, tokens: Tokens, at: int, end: int) -> Tokens:
        """The sentence with what is found as the subject of its place; nothing where no place follows."""
        places = range(end + 1, min(len(tokens), end + LONGEST_THING))
        place = next((k for k in places if tokens[k].text in PLACING), None)
        if place is None or tokens[end].text in ("that", "out", "how", "yourself"):
            return ()
        words = tokens[end:place]
        if len(words) == 1:
            text = words[0].text
            words = (words[0].read_as(SUBJECTS.get(text, text)),)
        last = words[-1].text
        several = last == "they" or (last.endswith("s") and not last.endswith("ss")) or "and" in self.form.said(words)
        return (*tokens[:at], *words, tokens[at].read_as("are" if several else "is"), *tokens[place:])
