"""Kin: somebody by whose relative he is, under his own name: ``Mrs Roe and her husband``, ``Leo, then his sister``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.wording.order_form import OrderForm, Tokens

WHOSE = frozenset({"his", "her", "their"})
"""Words for somebody spoken of before, before what another one is to him."""

TITLES = {"mr": "his", "mrs": "her", "ms": "her", "miss": "her", "madame": "her"}
"""Titles, and the word for what belongs to somebody who has one."""

SPOUSES = {"husband": ("mr",), "wife": ("mrs", "ms")}
"""What a married person is to the other, and titles before the name that both have."""


@dataclass(slots=True)
class Kin:
    """Names people who are called by what they are to somebody spoken of before.

    Attributes:
        form: Finds people.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which relatives have their names where the scene tells who they are.

        Args:
            tokens: The text.
        """
        kin = frozenset(self.form.lexicon.wording.kin)
        for at in reversed(range(1, len(tokens) - 1)):
            if tokens[at].text in WHOSE and tokens[at + 1].text in kin and not tokens[at + 1].owner:
                name = self._name(tokens, at)
                if name:
                    tokens = (*tokens[:at], *self.form.words(name, tokens[at]), *tokens[at + 2 :])
        return tokens

    def _name(self, tokens: Tokens, at: int) -> str:
        """The name of the relative at a position; empty where nothing says who that is."""
        kin, after = tokens[at + 1].text, tokens[at + 2 : at + 4]
        named = self.form.noun(tokens, at + 3) if after[:1] and after[0].text == "," and len(after) > 1 else None
        if named is not None and self._one(named[1]):
            return ""  # "her husband, Mr Roe"
        for words, who in self._before(tokens, at):
            title = tokens[at - 1].text if not words else words[0].text
            if TITLES.get(title, tokens[at].text) != tokens[at].text:
                continue
            called = [f"{self.form.said(words)}'s {kin}"]
            if len(words) > 1 and title in TITLES:
                called += [f"{other} {self.form.said(words[1:])}" for other in SPOUSES.get(kin, ())]
            for way in called:
                other = self._called(way, tokens, at)
                if other and other != who:
                    return other.replace("_", " ")
        own = self._called(kin, tokens, at)
        return own.replace("_", " ") if own and any(who != own for _, who in self._before(tokens, at)) else ""

    def _before(self, tokens: Tokens, at: int) -> Iterator[tuple[Tokens, str]]:
        """The words for people who are named before a position, each with who it is, the last first."""
        nouns = self.form.nouns()
        for begin in range(at - 1, -1, -1):
            found = ((end, who) for end, noun in nouns.parse(tokens, begin) if end <= at and (who := self._one(noun)))
            end, who = min(found, default=(0, ""))
            if who and not tokens[end - 1].owner:
                yield tokens[begin:end], who
                yield self.form.words(who.replace("_", " "), tokens[begin]), who

    def _called(self, name: str, tokens: Tokens, at: int) -> str:
        """Who alone has a name; empty for nobody."""
        words = self.form.words(name, tokens[at])
        found = self.form.noun(words, 0)
        return self._one(found[1]) if found is not None and found[0] == len(words) else ""

    def _one(self, noun: Noun) -> str:
        """Who a noun means where it means one person; empty otherwise."""
        single = self.form.person(noun) and len(noun.ids or ()) == 1 and not noun.relations
        return next(iter(noun.ids or ())) if single else ""
