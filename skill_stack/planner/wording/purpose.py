"""Purpose: what something is for, whose it is and how little it matters which: said beside what is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

PLACING = frozenset("on onto in into under at inside".split())
"""Words before a place; after one a recipient is no longer to be expected."""

LONGEST_PURPOSE = 4
"""Words that a purpose may have behind whose it is."""

POSSESSIVE = frozenset("his her their my our its".split())
"""Words for whose something is."""


SUBJECTS = frozenset("i we he she they you".split())
"""Words for somebody who needs something."""

NEEDING = frozenset("need needs want wants require requires".split())
"""Verbs of needing."""

CARRYING = frozenset("bring take carry fetch get give hand pass deliver move serve lend".split())
"""Verbs of orders that a need tells the recipient of."""

LEAVING = frozenset({"leave", "hang", "store", "keep", "deposit", "drop", "stack"})
"""Verbs that put things somewhere, besides those of putting."""


@dataclass(slots=True)
class Purpose:
    """Leaves out what an order does not need.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens, before: Tokens = ()) -> Tokens:
        """One sentence without what something is for, and with a place said once.

        Args:
            tokens: The sentence.
            before: The sentence before it.
        """
        if self._need(tokens, 0) == len(tokens) and self._treated(before):
            return ()
        tokens = self._sourced(self._whom(self._needed(self._lasting(tokens))))
        for at in reversed(range(1, len(tokens) - 1)):
            tokens = self._any(self._place(self._purpose(tokens, at), at), at)
        return tokens

    def _purpose(self, tokens: Tokens, at: int) -> Tokens:
        """Without ``for Ms Brandt's next experiment``, where a place was named before it."""
        if tokens[at].text != "for" or not PLACING & {token.text for token in tokens[:at]}:
            return tokens
        for end, _ in self.form.nouns().owners(tokens, at + 1):
            stop = next((k for k in range(end, len(tokens)) if tokens[k].text in (*STOPS, *LINKS)), len(tokens))
            named = any(self.form.noun(tokens, k) is not None for k in range(end, stop))
            if end < stop <= end + LONGEST_PURPOSE and not named:
                return (*tokens[:at], *tokens[stop:])
        return tokens

    def _treated(self, tokens: Tokens) -> bool:
        """Whether a sentence asks to do something with a thing, and not to get it for somebody."""
        verb = self.form.verb_of(tokens, 0) if tokens else None
        moved = any(self.form.at(name, tokens, verb) for name in ("taking", "giving")) if verb is not None else True
        return verb is not None and not moved and tokens[verb].text not in CARRYING

    def _needed(self, tokens: Tokens) -> Tokens:
        """Without ``, as I need it for the soup`` behind an order to do something with it."""
        if not self._treated(tokens):
            return tokens
        for at in range(3, len(tokens)):
            reason = self.form.at("reasons", tokens, at)
            begin = reason if reason is not None else at + 1 if tokens[at].text == "," else None
            end = self._need(tokens, begin) if begin is not None else 0
            if end and end == len(tokens):
                return tokens[: at - (reason is not None and tokens[at - 1].text == ",")]
        return tokens

    def _need(self, tokens: Tokens, at: int) -> int:
        """Where a clause ends that only says who needs what was named: ``I need it for the soup``; 0 for none."""
        found = self.form.noun(tokens, at) if at < len(tokens) else None
        person = found is not None and (self.form.person(found[1]) or tokens[at].text in SUBJECTS)
        end = found[0] if found is not None and person else at + 1
        if end + 1 >= len(tokens) or not (person or tokens[at].text in SUBJECTS):
            return 0
        end += tokens[end].text in ("will", "really", "badly", "also", "still")
        needs = end + 1 < len(tokens) and tokens[end].text in NEEDING and tokens[end + 1].text in ("it", "them")
        for_ = end + 2 < len(tokens) and tokens[end + 2].text in ("for", "to")
        if not needs or not for_:
            return 0
        return next((k for k in range(end + 2, len(tokens)) if tokens[k].text in (*STOPS, ",")), len(tokens))

    def _whom(self, tokens: Tokens) -> Tokens:
        """``put the rug on the bench`` for ``put the rug on the bench for grandma``: the place is where it goes."""
        for at in range(len(tokens) - 4):
            verb = self.form.verb_of(tokens, at) if at == 0 or tokens[at - 1].text in LINKS else None
            if verb is None:
                continue
            carried = tokens[verb].text in CARRYING
            if not (carried or self.form.at("putting", tokens, verb) or tokens[verb].text in LEAVING):
                continue
            stop = next((k for k in range(verb, len(tokens)) if tokens[k].text in (*STOPS, *LINKS)), len(tokens))
            for mark in range(verb + 3, stop - 1):
                found = self.form.noun(tokens, mark + 1) if tokens[mark].text == "for" else None
                whole = found is not None and found[0] == stop and self.form.person(found[1])
                if whole and self._goal(tokens, verb, mark, carried):
                    return (*tokens[:mark], *tokens[stop:])
        return tokens

    def _goal(self, tokens: Tokens, verb: int, end: int, carried: bool) -> bool:
        """Whether a thing stands right before a position on or in which something is to be put, or brought to."""
        for at in range(verb + 2, end - 1):
            leads = tokens[at].text == "to" if carried else tokens[at].text in PLACING
            found = self.form.noun(tokens, at + 1) if leads else None
            if found is not None and found[0] == end and not self.form.person(found[1]):
                return not (carried and (found[1].ids or frozenset("?")) <= self.form.places)
        return False

    def _lasting(self, tokens: Tokens) -> Tokens:
        """``follow Anna`` for ``follow Anna for a while``: how long that is nobody says."""
        if not self.form.at("following", tokens, self.form.past_polite(tokens, 0)):
            return tokens
        for at in range(2, len(tokens)):
            end = self.form.at("a_while", tokens, at)
            if end is not None:
                return (*tokens[:at], *tokens[end:])
        return tokens

    def _sourced(self, tokens: Tokens) -> Tokens:
        """``take it`` for ``take it from the desk``, where no skill of the robot asks from where."""
        for at in range(1, len(tokens) - 2):
            named = tokens[at].text in ("it", "them") and tokens[at + 1].text == "from"
            if not named or "from" in self.form.own or not self._moves(tokens, at - 1):
                continue
            found = self.form.noun(tokens, at + 2)
            goes_on = found is not None and any(one.text not in LINKS for one in tokens[found[0] :])
            if found is not None and goes_on and not self.form.person(found[1]):
                return (*tokens[: at + 1], *tokens[found[0] :])  # "take it from the desk and give it to Tom"
        return tokens

    def _moves(self, tokens: Tokens, at: int) -> bool:
        """Whether a verb stands at a position by which something is taken or brought."""
        begins = (at, at - 1) if at else (at,)  # "pick up"
        return tokens[at].text in CARRYING or any(
            self.form.at(name, tokens, begin) == at + 1 for name in ("taking", "giving") for begin in begins
        )

    def _place(self, tokens: Tokens, at: int) -> Tokens:
        """``to classroom 5b`` for ``to her class in classroom 5b``, where nothing here is called her class."""
        texts = [token.text for token in tokens[at : at + 5]]
        if texts[:1] != ["to"] or len(texts) < 5 or texts[1] not in POSSESSIVE or texts[3] not in ("in", "at"):
            return tokens
        place = self.form.noun(tokens, at + 4)
        known = self.form.noun(tokens, at + 2)
        named = known is not None and known[1].role == "thing" and not self.form.person(known[1])
        if place is None or not place[1].ids or named:
            return tokens
        return (*tokens[: at + 1], *tokens[at + 4 :])

    def _any(self, tokens: Tokens, at: int) -> Tokens:
        """``any lockers`` for ``one of the lockers``."""
        texts = [token.text for token in tokens[at : at + 3]]
        if texts[:2] != ["one", "of"] or texts[2:] not in (["the"], ["our"], ["my"], ["these"], ["those"]):
            return tokens
        noun = self.form.noun(tokens, at + 3)
        if noun is None or noun[1].role != "thing" or tokens[at - 1].text in ("the", "this", "that", "which"):
            return tokens
        return (*tokens[:at], tokens[at].read_as("any"), *tokens[at + 3 :])
