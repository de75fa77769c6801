"""Route: paths told by what lies along them as a sequence of places."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.text import LINKS


@dataclass(slots=True)
class Route:
    """Rewrites paths: ``go to the lab through the hall``.

    Attributes:
        form: Finds orders and noun phrases.
    """

    form: OrderForm

    def on_a_route(self, tokens: Tokens) -> Tokens:
        """Returns one sentence with each path as a sequence of places."""
        out: Tokens = ()
        begin = 0
        for end in (*(at for at in range(len(tokens)) if tokens[at].text in LINKS), len(tokens)):
            clause = tokens[begin:end]
            out = (*out, *(self._clause(clause) or clause), *tokens[end : end + 1])
            begin = end + 1
        return out

    def _clause(self, clause: Tokens) -> Tokens:
        """One clause, rewritten; empty if it has no path."""
        at = self.form.past_polite(clause, 0)
        if at + 1 >= len(clause):
            return ()
        ways = self._entered(clause, at) or self._along(clause, at) or self._by_way(clause, at)
        return (*clause[:at], *ways) if ways else ()

    def _entered(self, clause: Tokens, at: int) -> Tokens:
        """Rewrites ``enter the kitchen`` as going there, unless a skill has these words."""
        after = self.form.at("entering", clause, at)
        if after is None or self.form.does(clause, at):
            return ()
        return self._going(clause, at, after)

    def _along(self, clause: Tokens, at: int) -> Tokens:
        """Rewrites ``walk down the corridor to the printer``: first to the corridor."""
        begin = self.form.at("moving", clause, at)
        after = self.form.at("through", clause, begin) if begin is not None else None
        if clause[at].text in ("follow", "cross"):
            after = at + 1
        elif self.form.skill_end(clause, at) == after:
            return ()  # a skill has the words "walk along"
        return self._going(clause, at, after) if after is not None else ()

    def _by_way(self, clause: Tokens, at: int) -> Tokens:
        """Rewrites ``go to the office through the corridor``: first to the corridor."""
        begin = self.form.at("moving", clause, at)
        goal = self.form.at("onward", clause, begin) if begin is not None else None
        for end, noun in self.form.nouns().parse(clause, goal) if goal is not None else ():
            after = self.form.at("through", clause, end) if noun.role == "thing" and end < len(clause) else None
            way = self._named(clause, after) if after is not None else None
            if after is not None and way is not None and way[0] == len(clause) and self._leads(clause, after, way):
                first = (*self.form.words("go to", clause[at]), *clause[after:])
                return (*first, *self.form.words(", then", clause[at]), *clause[at:end])
        return ()

    def _going(self, clause: Tokens, at: int, after: int) -> Tokens:
        """Going to the room or door at a position, then to the next place; empty for other words."""
        noun = self._named(clause, after)
        if noun is None or not self._leads(clause, after, noun):
            return ()
        onward = self._onward(clause[noun[0] :])
        if clause[noun[0] :] and not onward:
            return ()
        return (*self.form.words("go to", clause[at]), *clause[after : noun[0]], *onward)

    def _onward(self, rest: Tokens) -> Tokens:
        """``to the printer`` after a path, as the next place; empty for other words."""
        after = self.form.at("onward", rest, 0) if rest else None
        noun = self._named(rest, after) if after is not None else None
        if after is None or noun is None or noun[0] != len(rest):
            return ()
        return (*self.form.words(", then go to", rest[0]), *rest[after:])

    def _named(self, clause: Tokens, at: int) -> tuple[int, Noun] | None:
        """The object or place at a position, with its end."""
        found = self.form.noun(clause, at) if at < len(clause) else None
        return found if found is not None and found[1].role == "thing" and not self.form.person(found[1]) else None

    def _leads(self, clause: Tokens, at: int, named: tuple[int, Noun]) -> bool:
        """Whether a noun phrase is a place or a connection between rooms."""
        ids = named[1].ids
        return (bool(ids) and ids is not None and ids <= self.form.places) or bool(
            self.form.lexicon.nouns.between_rooms & {one.text for one in clause[at : named[0]]}
        )
