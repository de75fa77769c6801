"""Aside: clauses and headlines beside what is asked for: ``Tom, who is in the yard, …``, ``clear the table: …``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.language.verb_forms import bases
from skill_stack.planner.wording.duty import WANTING
from skill_stack.planner.wording.naming import Naming
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

TELLING = frozenset("is are was were has have had just can could will would does did".split())
"""Verbs with which a clause about somebody or something only tells more of it."""

BIDDING = frozenset("should must can may could need have ought".split())
"""Verbs after ``which you`` with which it is asked for in so many words."""

TEACHING = frozenset("learn remember call name define teach save know".split())
"""Verbs before a colon behind which it is said what a name stands for."""

NEGATING = frozenset("not never no nobody nothing if unless when".split())
"""Words of a headline that may not be left out."""

LONGEST_NAME = 8
"""Words of a name before which its beginning is looked for."""


@dataclass(slots=True)
class Aside:
    """Takes out what stands beside orders.

    Attributes:
        form: Finds nouns and orders.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text without clauses that only tell more of a thing, and without headlines.

        Args:
            tokens: The text.
        """
        for at in reversed(range(1, len(tokens) - 2)):
            if tokens[at].text == "," and tokens[at + 1].text in ("who", "which"):
                tokens = self._clause(tokens, at)
        return self._headline(tokens)

    def _clause(self, tokens: Tokens, at: int) -> Tokens:
        """A text without a clause that begins with a comma; what it asks for stands as a sentence of its own."""
        name = self._name(tokens, at)
        end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in (",", *STOPS)), len(tokens))
        if not name:
            return tokens
        if tokens[at + 2].text == "you":
            begin = self._bidden(tokens, at + 3)
            stopped = end == len(tokens) or tokens[end].text in STOPS
            if not begin or not stopped:
                return tokens
            order = (tokens[begin], *name, *tokens[begin + 1 : end])
            return (*tokens[:at], *self.form.words(".", tokens[at]), *order, *tokens[end:])
        over = end == len(tokens) or tokens[end].text in STOPS
        telling = tokens[at + 2].text in ("is", "are") and tokens[at + 3].text not in ("to", "not")
        if over and tokens[at + 1].text == "who" and telling:
            return (*tokens[:at], *tokens[end:])  # "give it to Ana, who is waiting for it"
        more = end + 1 < len(tokens) and tokens[end].text == ","
        if more and tokens[at + 2].text in TELLING:
            return (*tokens[:at], *tokens[end + 1 :])
        return tokens

    def _name(self, tokens: Tokens, end: int) -> Tokens:
        """The words of a thing that end at a position; nothing where none do."""
        for begin in range(max(0, end - LONGEST_NAME), end):
            found = [noun for stop, noun in self.form.nouns().parse(tokens, begin) if stop == end]
            if any(noun.role == "thing" and noun.ids for noun in found) and tokens[begin].text not in LINKS:
                return tokens[begin:end]
        return ()

    def _bidden(self, tokens: Tokens, at: int) -> int:
        """Where the verb of an order stands after ``which you``; 0 for none."""
        if at >= len(tokens) or tokens[at].text not in BIDDING:
            return 0
        at += 1
        while at < len(tokens) and tokens[at].text in ("to", "then", "also", "please"):
            at += 1
        return at if at < len(tokens) and self.form.verb(tokens, at) else 0

    def _headline(self, tokens: Tokens) -> Tokens:
        """A text without an order of another kind before a colon behind which it is said what that means."""
        for at in range(2, len(tokens) - 2):
            if tokens[at].text != ":":
                continue
            begin = max((k + 1 for k in range(at) if tokens[k].text in STOPS), default=0)
            begin = min(self.form.past_polite(tokens, begin), at)
            first = tokens[begin].text if begin < at else ""
            if first in TEACHING:
                return tokens
            if self._listed(tokens, begin, at):
                return (*tokens[: begin + 1], *tokens[at + 1 :])
            foreign = first in self.form.lexicon.english.base and not self.form.verb(tokens, begin)
            foreign = foreign or self._tidies(tokens[begin:at])
            said = self.form.at("telling", tokens, begin) or first in self.form.lexicon.wording.saying
            people = self._people(tokens[begin:at]) and not self.form.begins(tokens, at + 1)
            if foreign and not said and not people and self._orders(tokens, at + 1):
                stop = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in STOPS), len(tokens))
                named = Naming(self.form).named(tokens[begin:at], tokens[at + 1 : stop])
                return (*tokens[:begin], *named, *tokens[stop:])
        return tokens

    def _tidies(self, tokens: Tokens) -> bool:
        """Whether words before a colon only say in general what to do: ``tidy the shelf``, ``it needs tidying``."""
        if not tokens or NEGATING & {token.text for token in tokens}:
            return False
        if self.form.at("tidying", tokens, 0) is not None:
            return not self.form.does(tokens, 0)
        needs = len(tokens) > 2 and tokens[-2].text in WANTING
        general = any(base in self.form.lexicon.wording.tidying for base in bases(tokens[-1].text))
        return needs and general

    def _listed(self, tokens: Tokens, begin: int, at: int) -> bool:
        """Whether behind an order and a colon nothing but the things stand that it means: ``wipe the tables: …``."""
        several = [noun for end, noun in self.form.nouns().parse(tokens[:at], begin + 1) if end == at]
        if not self.form.verb(tokens, begin) or not any(one.many in ("all", "some", "both") for one in several):
            return False
        end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        while end > at + 1 and tokens[end - 1].text in ("please", ","):
            end -= 1
        return any(stop == end and one.role == "list" for stop, one in self.form.nouns().parse(tokens[:end], at + 1))

    def _people(self, tokens: Tokens) -> bool:
        """Whether somebody is named, who may be meant by what is said afterwards."""
        found = (self.form.noun(tokens, at) for at in range(len(tokens)))
        return any(one is not None and self.form.person(one[1]) for one in found)

    def _orders(self, tokens: Tokens, at: int) -> bool:
        """Whether an order follows, or a thing that goes somewhere."""
        if self.form.begins(tokens, at):
            return True
        found = self.form.noun(tokens, at)
        if found is None or found[0] + 1 >= len(tokens):
            return found is not None and bool(found[1].relations)
        goes = tokens[found[0]].text in ("goes", "go", "must", "needs", "belongs", "belong")
        goes = goes or self.form.said(tokens[found[0] : found[0] + 2]) in ("is for", "are for")
        return goes or self.form.lexicon.prepositions.longest(tokens, found[0]) is not None or bool(found[1].relations)
