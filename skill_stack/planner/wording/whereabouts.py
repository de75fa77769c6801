"""Whereabouts: a sentence that only says where something is: ``you will find it on the shelf``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

PLACING = frozenset("on in at under behind near next inside beside by upon above below between".split())
"""Words with which a place begins."""

SUBJECTS = {"them": "they", "those": "they", "these": "they", "him": "he", "her": "she", "one": "it", "some": "they"}
"""Pronouns of what something is done with as subjects."""

LONGEST_THING = 6
"""Words of a thing before which a place is looked for."""


@dataclass(slots=True)
class Whereabouts:
    """Puts sentences that say where something is in the form that only tells it.

    Attributes:
        form: Finds tables of words.
    """

    form: OrderForm

    def of(self, tokens: Tokens, alone: bool) -> Tokens:
        """One sentence in which nothing is looked for that somebody only says the place of.

        Args:
            tokens: The sentence.
            alone: Whether it is all that was said.
        """
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
