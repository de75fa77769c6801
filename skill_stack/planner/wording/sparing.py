"""Sparing: what is said to need nothing, before what does: ``don't bother with the hall; only the den needs it``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.naming import Naming
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

ALONE = frozenset("only just simply but please then instead".split())
"""Words before what is to be done alone."""

NOTHING = frozenset({"anything", "nothing", "a thing"})
"""Words for what somebody is not told."""

HALTING = frozenset({"wait", "hang on", "hold on", "oh", "no", "stop"})
"""Words before a prohibition by which only attention is asked for."""

LATER = frozenset("now for the moment today please so well bit a though too about".split())
"""Words behind such a clause that say no more."""


@dataclass(slots=True)
class Sparing:
    """Leaves out what needs nothing, where it is said then what is to be done.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text without clauses that only say what need not be done, before an order.

        Args:
            tokens: The text.
        """
        tokens = self._heeded(tokens)
        for at in range(len(tokens) - 3):
            if at and tokens[at - 1].text not in STOPS:
                continue
            found = self._spared(tokens, at) or self._untold(tokens, at)
            rest = self._rest(tokens, found[0]) if found is not None else 0
            if found is not None and rest:
                after = next((k for k in range(rest, len(tokens)) if tokens[k].text in STOPS), len(tokens))
                order = Naming(self.form).named(found[1], tokens[rest:after]) if found[1] else tokens[rest:after]
                return (*tokens[:at], *self.of((*order, *tokens[after:])))
        return tokens

    def _heeded(self, tokens: Tokens) -> Tokens:
        """A text without ``wait`` before a prohibition: ``wait, don't sweep the den``."""
        comma = next((k for k, token in enumerate(tokens[:4]) if token.text in (",", "!", ".")), 0)
        bans = tokens[comma + 1 : comma + 2]
        if not comma or self.form.said(tokens[:comma]) not in HALTING or not bans:
            return tokens
        return tokens[comma + 1 :] if self.form.said(tokens[comma + 1 : comma + 3]) == "do not" else tokens

    def _spared(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a clause ends that says of things that they need nothing; None for others."""
        begin = self.form.at("sparing", tokens, at)
        for end, noun in self.form.nouns().parse(tokens, begin if begin is not None else at):
            if noun.role not in ("thing", "list", "pronoun"):
                continue
            behind = end if begin is not None else self.form.at("can_wait", tokens, end)
            if behind is None:
                continue
            while behind < len(tokens) and tokens[behind].text in LATER:
                behind += 1
            if behind < len(tokens) and tokens[behind].text in LINKS | STOPS:
                return behind, ()
        return self._left(tokens, at)

    def _left(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where ``leave the cups`` ends before ``but``; None for others."""
        begin = self.form.at("leaving_be", tokens, at)
        noun = self.form.noun(tokens, begin) if begin is not None else None
        after = self.form.said(tokens[noun[0] : noun[0] + 2]) if noun is not None else ""
        if noun is None or self.form.person(noun[1]) or noun[1].role not in ("thing", "list"):
            return None
        return (noun[0], ()) if after == ", but" or after.startswith("but ") else None

    def _untold(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a clause ends that says that somebody is told nothing, and who that is; None for others."""
        begin = self.form.at("saying_nothing", tokens, at)
        asked = begin is None and tokens[at].text in ("ask", "tell")
        end = self.form.at("telling_not", tokens, at) if begin is None else begin
        end = at + 1 if asked else end
        noun = self.form.noun(tokens, end) if end is not None and end < len(tokens) else None
        if noun is None or end is None or not self.form.person(noun[1]):
            return None
        after = noun[0]
        if begin is None:
            if after >= len(tokens) or tokens[after].text not in (("nothing",) if asked else NOTHING):
                return None
            after += 1
        closed = after < len(tokens) and tokens[after].text in LINKS | STOPS
        return (after, tokens[end : noun[0]]) if closed else None

    def _rest(self, tokens: Tokens, at: int) -> int:
        """Where the order begins behind such a clause; 0 where none does."""
        while at < len(tokens) and tokens[at].text in LINKS | STOPS:
            at += 1
        begin = at
        while begin < len(tokens) and (tokens[begin].text in ALONE or tokens[begin].text in LATER - {"the", "a"}):
            begin += 1
        if begin >= len(tokens):
            return 0
        asked = self.form.begins(tokens, begin) or Duty(self.form).subject(tokens, begin) is not None
        return begin if asked else 0
