"""PlainerOrders: outlines, routes and repetitions as orders that the grammar reads."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.answers import Answer, question
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, Token, past

RIGHT = ({"to", "the", "right"}, {"clockwise"})
"""Words for right turns at the corners of a polygon."""


@dataclass(slots=True)
class PlainerOrders:
    """Rewrites orders of one sentence.

    Attributes:
        form: Finds orders and noun phrases, and parses amounts.
    """

    form: OrderForm

    # --- walk in a square with sides of one metre -------------------------------------------------------------------

    def outlined(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence; unchanged if it names no polygon, more than its sides, or a skill.

        Returns:
            The sentence; a question if the length of the sides is missing.
        """
        texts = [token.text for token in tokens]
        begin = self.form.past_polite(tokens, 0)
        at = begin + (2 if texts[begin + 1 : begin + 2] == ["in"] else 1)
        name = texts[at + 1] if texts[at : at + 1] == ["a"] and at + 1 < len(texts) else ""
        if (
            name not in self.form.wording.corners
            or texts[begin] not in WORDS.walking
            or self._skill(tokens, begin, at + 1)
        ):
            return tokens
        corners, rest = self.form.wording.corners[name], tokens[at + 2 :]
        right = next((words for words in RIGHT if words <= {token.text for token in rest}), set[str]())
        aside = self.form.wording.beside_sides | right
        amount = self._amount(tuple(token for token in rest if token.text not in aside))
        if amount is None:
            return tokens
        if not amount:
            return question(f"How long shall each side of the {name} be? For example 'sides of one metre'.")
        side = " ".join(token.text for token in amount)
        turn = f"turn {'right' if right else 'left'} by {360 / corners:g} degrees"
        return (*tokens[:begin], *self.form.words(f"walk forward {side} and {turn} , {corners} times", tokens[begin]))

    def _skill(self, tokens: Tokens, begin: int, last: int) -> bool:
        """Whether a phrase of a skill, which outranks this reading, has the words from one position to another."""
        end = self.form.skill_end(tokens, begin)
        return end is not None and end > last

    def _amount(self, tokens: Tokens) -> tuple[Token, ...] | None:
        """The tokens of a length; empty if there are none, None if they are something else."""
        ends = (end for end, amount in self.form.quantities.amount(tokens, 0) if amount.unit == "m") if tokens else ()
        return tokens if not tokens or len(tokens) in ends else None

    # --- go to the lab through the hall -----------------------------------------------------------------------------

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

    # --- three times go to the table, turn the lamp on and off ------------------------------------------------------

    def repeated(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence with the number of repetitions at its end; a question if they have no end."""
        return self._endless(tokens) or self._opposite(self._times_last(tokens))

    def _endless(self, tokens: Tokens) -> Answer | None:
        """The question for the number of repetitions if they have no end, or None."""
        for at in range(len(tokens)):
            end = self.form.at("endless", tokens, at)
            if end is None:
                continue
            if (at == 0 and self.form.begins(tokens, end)) or (end == len(tokens) and self.form.begins(tokens, 0)):
                said = self.form.said(tokens[at:end])
                return question(f"How often? '{said}' has no end; say for example 'three times' or 'until …'.")
        return None

    def _times_last(self, tokens: Tokens) -> Tokens:
        """Moves a number of repetitions to the end: ``three times go to the table``, ``do this twice: …``."""
        for at in (0, 1, 2, 3):
            times = self.form.quantities.times(tokens, at)
            lead = tuple(token.text for token in tokens[:at])
            if times is None or " ".join(lead) not in self.form.wording.before_times:
                continue
            end = past(tokens, times[0], (",", ":", "the", "do", "this", "following"))
            if times[1].count > 1 and self.form.begins(tokens, end):
                comma = self.form.words(",", tokens[0])
                several = any(token.text in LINKS for token in tokens[end:])
                return (*tokens[end:], *(comma if several else ()), *tokens[at : times[0]])
        return tokens

    def _opposite(self, tokens: Tokens) -> Tokens:
        """Splits ``turn the lamp on and off`` into two orders."""
        for at in range(2, len(tokens) - 2):
            link = tokens[at + 1].text in ("and", "then")
            skip = at + 3 if tokens[at + 1].text == "and" and tokens[at + 2].text == "then" else at + 2
            one, two = tokens[at].text, tokens[skip].text if skip < len(tokens) else ""
            if not link or not (self.form.wording.opposite.get(one) == two or {one, two} == {"left", "right"}):
                continue
            start = max([k + 1 for k in range(at) if tokens[k].text in LINKS], default=0)
            after = skip + 1 == len(tokens) or tokens[skip + 1].text in LINKS
            after = after or self.form.quantities.times(tokens, skip + 1) is not None
            if after and self.form.begins(tokens, start) and at - start > 1:
                then = self.form.words(", then", tokens[at])
                rest = self._often(tokens[skip + 1 :])
                return (*tokens[: at + 1], *then, *tokens[start:at], tokens[skip], *rest)
        return tokens

    def _often(self, rest: Tokens) -> Tokens:
        """A number of repetitions with a comma before it, so that it counts for both orders."""
        times = self.form.quantities.times(rest, 0) if rest else None
        return (*self.form.words(",", rest[0]), *rest) if times is not None else rest
