"""Wishing: what somebody else wants to be done: ``Anna would like the window closed``, ``Leo wants you to …``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.obliged import OTHERS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

WISHES = (
    "wants", "want", "would like", "would love", "would prefer", "needs", "need", "wishes", "asks for", "asked for",
    "has asked for", "is asking for", "wants to have", "would like to have", "needs to have", "insists on having",
)  # fmt: skip
"""Verbs after somebody who wants something to be done with a thing."""

ASKING_YOU = (
    "wants you to", "want you to", "would like you to", "would love you to", "needs you to", "asks you to",
    "asked you to", "has asked you to", "is asking you to", "wishes you to", "says you should", "says that you should",
    "tells you to", "told you to", "expects you to",
)  # fmt: skip
"""Words after somebody who wants the robot to do something."""

HAVING = ("could i have", "can i have", "may i have", "could we have", "can we have", "i would like to have",
          "we would like to have")  # fmt: skip
"""Beginnings of a wish to have something done."""

MOVING = frozenset("go come walk drive move arrive start stop finish".split())
"""Verbs of what somebody does by himself: ``have the parcels come``."""

GIVING = frozenset("give bring hand serve pass get fetch take deliver".split())
"""Verbs by which somebody gets something, who may be the one that wants it."""


@dataclass(slots=True)
class Wishing:
    """Puts what somebody wants to be done as an order.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence as the order that somebody wishes for; the same where nobody does.

        Args:
            tokens: The sentence.
        """
        if {token.text for token in tokens} & OTHERS:
            return tokens  # "Anna wants the car washed tomorrow"
        found = self.form.noun(tokens, 0) if tokens else None
        had = self._had(tokens)
        if had:
            return had
        if found is None or not self.form.person(found[1]) or found[0] >= len(tokens):
            return tokens
        end, who = found[0], tokens[: found[0]]
        asked = self.form.lexicon.table(ASKING_YOU).longest(tokens, end)
        if asked is not None:
            return self._his_own(tokens[asked[0] :], who)
        wish = self.form.lexicon.table(WISHES).longest(tokens, end)
        return (wish and self._done(tokens, wish[0], who)) or tokens

    def _had(self, tokens: Tokens) -> Tokens:
        """``mop the floor`` for ``get the floor mopped`` and ``could I have the floor mopped``; else nothing."""
        asked = self.form.lexicon.table(HAVING).longest(tokens, 0)
        begin = asked[0] if asked is not None else self.form.past_polite(tokens, 0)
        if asked is None and (begin >= len(tokens) or tokens[begin].text not in ("get", "have")):
            return ()
        order = self._done(tokens, begin + (asked is None), ())
        return () if order and self.form.at("putting", order, 0) else order  # "get the cup placed on the tray"

    def _his_own(self, order: Tokens, who: Tokens) -> Tokens:
        """An order with a name for ``him`` and ``her``, where nobody else is spoken of before."""
        for at, token in enumerate(order):
            found = self.form.noun(order, at)
            if found is not None and self.form.person(found[1]):
                return order
            whose = found is not None and found[0] > at + 1  # "her book"
            if token.text in ("him", "her") and not whose:
                return (*order[:at], *who, *order[at + 1 :])
        return order

    def _done(self, tokens: Tokens, at: int, who: Tokens) -> Tokens:
        """``close the window`` for ``[Anna would like] the window closed``; nothing for other words."""
        duty = Duty(self.form)
        subject = duty.subject(tokens, at) if at < len(tokens) else None
        ends = [subject.end] if subject is not None and not subject.pronoun else []  # "the floor of the hall"
        ends += [end for end, noun in self.form.nouns().parse(tokens, at) if noun.role == "thing" and noun.ids]
        for end in ends:
            base = duty.base(tokens, end)
            if not base or base in MOVING or tokens[end].text.endswith("ing"):
                continue  # "get the fan spinning"
            verb, rest = (tokens[end].read_as(base),), tokens[end + 1 :]
            particle = rest[:1] if rest and rest[0].text in ("on", "off", "up", "down", "out", "away") else ()
            thing, rest = tokens[at:end], rest[len(particle) :]
            alone = not rest or rest[0].text in LINKS
            whom = (*self.form.words("to", tokens[end]), *who) if who and base in GIVING and alone else ()
            return (*verb, *particle, *thing, *whom, *rest)
        return ()
