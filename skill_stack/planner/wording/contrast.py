"""Contrast: what is meant and what is not, said in one order: ``don't bring it to Ana but to Tom``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.naming import Naming
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

FORBIDDING = (("do", "not"), ("please", "do", "not"), ("do", "not", "please"), ("you", "should", "not"), ("never",))
"""Words before an order of which only a part is not meant."""

ADDING = frozenset({"also", "only", "just", "merely", "simply"})
"""Words by which something is added and nothing replaced: ``not only the cup but also the bowl``."""

ENDING = frozenset("personally directly instead please himself herself itself themselves in person".split())
"""Words at the end of what is meant that add nothing to it."""

TOLD = frozenset({"that", "about", "of", "to", "with"})
"""Words before what somebody is told or asked, which may be verbs elsewhere."""

LASTLY = ("last", "but", "not", "least")
"""What forbids nothing."""

GROUPS = frozenset("all every everything everybody everyone each both any".split())
"""Words for several things out of which something may be left."""


@dataclass(slots=True)
class Contrast:
    """Says only what is meant.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text without what is not meant, where it is said beside what is meant.

        Args:
            tokens: The text.
        """
        if not {"not", "never", "only", "just", "instead", "rather", "place", "opposed", "lieu"} & {
            token.text for token in tokens
        }:
            return tokens
        tokens = self._rather(tokens)
        at = 0
        while at < len(tokens):
            first = at == 0 or tokens[at - 1].text in LINKS | STOPS
            if self._said(tokens[at : at + 4]) == LASTLY:
                tokens = (*tokens[:at], tokens[at].read_as("lastly"), *tokens[at + 4 :])
            found = (self._but(tokens, at) or self._added(tokens, at) or self._alone(tokens, at)) if first else None
            tokens = found or tokens
            at += 1
        return self._beside(tokens)

    def _rather(self, tokens: Tokens) -> Tokens:
        """Without what is not to be done: ``instead of waking Ana, wake Tom``."""
        for at in range(len(tokens) - 2):
            end = self.form.at("instead_of", tokens, at)
            if end is None or end >= len(tokens) or not Duty(self.form).base(tokens, end):
                continue
            stop = next((k for k in range(end, len(tokens)) if tokens[k].text in STOPS), len(tokens))
            orders = (k for k in range(end, stop) if tokens[k].text in LINKS and self.form.begins(tokens, k + 1))
            cut = next(orders, stop)
            fronted = at == 0 or tokens[at - 1].text in STOPS
            if fronted and cut < stop:
                return (*tokens[:at], *tokens[cut + 1 :])
            if not fronted and any(self._opens(tokens, k) for k in range(at)):
                before = at - 1 if tokens[at - 1].text == "," else at
                return (*tokens[:before], *tokens[cut:])
        return tokens

    def _alone(self, tokens: Tokens, at: int) -> Tokens:
        """``only switch the light on`` without ``only``."""
        only = tokens[at].text in ("only", "just") and self.form.begins(tokens, at + 1)
        return (*tokens[:at], *tokens[at + 1 :]) if only else ()

    def _but(self, tokens: Tokens, at: int) -> Tokens:
        """``do not bring it to Ana but to Tom`` as ``bring it to Tom``; nothing for another order."""
        begin = next((at + len(one) for one in FORBIDDING if self._said(tokens[at : at + len(one)]) == one), None)
        if begin is None or begin + 2 >= len(tokens):
            return ()
        stop = next((k for k in range(begin, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        cut = next((k for k in range(begin + 1, stop) if tokens[k].text == "but"), None)
        if cut is None or cut + 1 >= stop or tokens[cut + 1].text in ADDING or tokens[begin + 1].text in ADDING:
            return ()
        order = tokens[begin:cut]
        while order and order[-1].text in LINKS:
            order = order[:-1]
        instead = self._instead(order, tokens[cut + 1 : stop])
        return (*tokens[:at], *instead, *tokens[stop:]) if instead else ()

    def _instead(self, order: Tokens, new: Tokens) -> Tokens:
        """An order with something else in the place of what is not meant; nothing where there is no such place."""
        between = self.form.lexicon.prepositions.longest(new, 0)
        start = between[0] if between is not None else 0
        noun = self.form.noun(new, start) if start < len(new) else None
        if noun is None:
            return ()
        verb = self.form.verb_of(order, 0) or 0
        more = self._rest(new[noun[0] :])
        if between is not None:
            goals = [one for one in Naming(self.form).goals(order, new[0].text) if one[0] > verb]
            if not goals:
                return ()
            begin, end = goals[-1]
            return (*order[:begin], *new[: noun[0]], *order[end:], *more)
        if self.form.begins(new, 0) and not noun[1].ids:
            return ()
        person = self.form.person(noun[1])
        for begin, end, one in Naming(self.form).nouns(order):
            if begin > verb and one.role in ("thing", "pronoun") and self.form.person(one) == person:
                return (*order[:begin], *new[: noun[0]], *order[end:], *more)
        return ()

    def _rest(self, tokens: Tokens) -> Tokens:
        """What is said behind what is meant, without words that add nothing."""
        while tokens and tokens[0].text in ENDING:
            tokens = tokens[1:]
        return tokens

    def _added(self, tokens: Tokens, at: int) -> Tokens:
        """Without ``not to the table but to her``, where an order before it says so already, or with that in it."""
        if at < 2 or tokens[at].text != "not":
            return ()
        stop = next((k for k in range(at, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        cut = next((k for k in range(at + 1, stop) if tokens[k].text == "but"), None)
        begin = next((k for k in range(at - 1, -1, -1) if self._opens(tokens, k)), None)
        between = self.form.lexicon.prepositions.longest(tokens, at + 1)
        if cut is None or begin is None or between is None or self._rest(tokens[cut + 1 :])[:1] == ():
            return ()
        new, end = tokens[cut + 1 : stop], at
        while end > begin and tokens[end - 1].text in LINKS | STOPS:
            end -= 1
        prep = self.form.lexicon.prepositions.longest(new, 0)
        noun = self.form.noun(new, prep[0]) if prep is not None and prep[0] < len(new) else None
        if noun is None or self._rest(new[noun[0] :]):
            return ()
        if noun[1].role == "pronoun":
            return (*tokens[:end], *tokens[stop:])
        instead = self._instead(tokens[begin:end], new[: noun[0]])
        return (*tokens[:begin], *instead, *tokens[stop:]) if instead else ()

    def _opens(self, tokens: Tokens, at: int) -> bool:
        """Whether an order begins at a position, after a mark or a link."""
        return (at == 0 or tokens[at - 1].text in LINKS | STOPS) and self.form.begins(tokens, at)

    def _beside(self, tokens: Tokens) -> Tokens:
        """``tell Ana that …`` for ``tell Ana, not Tom, that …``."""
        for at in range(2, len(tokens) - 3):
            if tokens[at].text not in (",", "and", "but") or tokens[at + 1].text != "not":
                continue
            told = self._told_not(tokens, at) if tokens[at].text != "," else 0
            if told:
                return self._beside((*tokens[:at], *tokens[told:]))
            if tokens[at].text != ",":
                continue
            noun = self.form.noun(tokens, at + 2)
            closed = noun is not None and noun[0] < len(tokens) - 1 and tokens[noun[0]].text == ","
            begin = max((k for k in range(at) if tokens[k].text in STOPS), default=-1)
            if noun is None or not closed or GROUPS & {token.text for token in tokens[begin + 1 : at]}:
                continue
            if noun[1].role != "thing":
                continue
            told = tokens[noun[0] + 1].text in TOLD or not self.form.verb(tokens, noun[0] + 1)
            return self._beside((*tokens[:at], *tokens[noun[0] + told :]))
        return tokens

    def _told_not(self, tokens: Tokens, at: int) -> int:
        """Where somebody's name ends who is not told something: ``tell Ana and not Tom about …``; 0 for others."""
        noun = self.form.noun(tokens, at + 2)
        before = any(end == at and self.form.person(one) for _, end, one in Naming(self.form).nouns(tokens[:at]))
        known = noun is not None and self.form.person(noun[1]) and before and noun[0] < len(tokens)
        return noun[0] if known and noun is not None and tokens[noun[0]].text in ("that", "about", "of") else 0

    def _said(self, tokens: Tokens) -> tuple[str, ...]:
        """The words."""
        return tuple(token.text for token in tokens)
