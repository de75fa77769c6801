"""Ellipsis: what a clause leaves out since another said so: ``the hall does not need it, but the bar does``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.duty import Duty
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.text import STOPS, Token

WANTING = {"need": "needs", "want": "wants", "require": "requires", "have": "has"}
"""Verbs after ``does not`` as they stand without it."""

PLACING = frozenset("from to on onto in into at".split())
"""Words before a place that may stand before its verb: ``from the table take the cup``."""

PAUSES = frozenset("wait pause break rest breather".split())
"""Words for waiting behind how long it lasts: ``a five minute wait``."""

MEASURING = frozenset({"to", "at", "for"})
"""Words before the number to which something is set."""

UNITS = frozenset("degrees degree percent minutes seconds hours minute".split())
"""Units that need not be said again."""

ALONE = frozenset({"only", "just"})
"""Words before what is meant instead."""

GOING = frozenset("in into on onto to back".split())
"""Words behind ``goes`` that begin where a thing goes."""


@dataclass(slots=True)
class Ellipsis:
    """Says in each clause what it shares with the one before.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    def of(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence with what its clauses leave out.

        Args:
            tokens: The sentence.
            before: The sentence before it.
        """
        tokens = self._measured(self._pausing(tokens))
        return self._going(self._places(self._denied(self._alone(self._one(tokens, before)))))

    def _pausing(self, tokens: Tokens) -> Tokens:
        """``wait five minutes`` for ``five minute wait``."""
        if not self.form.waits:
            return tokens
        for at in range(len(tokens) - 1):
            begun = at == 0 or tokens[at - 1].text in LINKS
            end = self.form.seconds(tokens, at) if begun else None
            if end is None or end >= len(tokens) or tokens[end].text not in PAUSES:
                continue
            if self._stops(tokens, end + 1):
                wait = self.form.words("wait", tokens[at])
                return (*tokens[:at], *wait, *tokens[at:end], *self._pausing(tokens[end + 1 :]))
        return tokens

    def _measured(self, tokens: Tokens) -> Tokens:
        """``the hall to 18 degrees and the den to 20`` with the unit said again."""
        out: list[Token] = []
        unit: Tokens = ()
        for at, token in enumerate(tokens):
            out.append(token)
            if token.number is None or tokens[at - 1 : at] == () or tokens[at - 1].text not in MEASURING:
                continue
            stops = self._stops(tokens, at + 1) or tokens[at + 1].text in STOPS
            if not stops and tokens[at + 1].text in UNITS:
                unit = tokens[at + 1 : at + 2]
            elif stops:
                out += unit
        return tuple(out)

    def _alone(self, tokens: Tokens) -> Tokens:
        """``the hall does not need sweeping, only the bar`` with what has to be done alone."""
        for at in range(4, len(tokens) - 1):
            begin = at + 1 + (tokens[at + 1].text in ALONE)
            if tokens[at].text not in (",", "but") or begin == at + 1:
                continue
            begin += begin < len(tokens) and tokens[begin].text in ALONE
            found = self._noun(tokens, begin)
            end = found[0] if found is not None else -1
            does = end < len(tokens) and tokens[end].text in ("do", "does")
            claim = self._claim(tokens[:at]) if found is not None and end + does == len(tokens) else None
            if claim is not None and not claim[2]:
                said = tuple(one for one in claim[1] if one.text != "today")
                return (*tokens[begin:end], *said)
        return tokens

    def _one(self, tokens: Tokens, before: Tokens) -> Tokens:
        """``take him one`` with what somebody was said to need: ``he would be glad of a cool drink``."""
        at = next((k for k in range(1, len(tokens)) if tokens[k].text == "one"), 0)
        ends = at and (at + 1 == len(tokens) or tokens[at + 1].text in (*LINKS, "to", "please", "from"))
        if not ends or tokens[at - 1].text in ("the", "that", "this", "another") or not self.form.begins(tokens, 0):
            return tokens
        for begin in reversed(range(len(before))):
            found = self._noun(before, begin) if before[begin].text in ("a", "an", "some") else None
            if found is not None and not self.form.person(found[1]):
                return (*tokens[:at], *before[begin : found[0]], *tokens[at + 1 :])
        return tokens

    @property
    def duty(self) -> Duty:
        """What finds verbs by which something has to be done."""
        return Duty(self.form)

    def _denied(self, tokens: Tokens) -> Tokens:
        """``neither the hall nor the bar needs sweeping, but the office does`` with what has to be done alone."""
        end = len(tokens)
        denied = tokens[end - 1 : end] and tokens[end - 1].text == "not"
        end -= 1 if denied else 0
        if end < 5 or tokens[end - 1].text not in ("do", "does"):
            return tokens
        starts = (at for at in range(2, end - 1) if tokens[at - 1].text in LINKS and tokens[at].text not in LINKS)
        for at in starts:
            noun = self.form.noun(tokens, at)
            first = self._claim(_unlinked(tokens[:at])) if noun is not None and noun[0] == end - 1 else None
            if first is None or first[2] != bool(denied):
                continue
            return (*first[0], *first[1]) if denied else (*tokens[at : end - 1], *first[1])
        return tokens

    def _claim(self, tokens: Tokens) -> tuple[Tokens, Tokens, bool] | None:
        """The thing of which a clause says that something has to be done with it, what, and whether it says so."""
        neither = tokens[0].text == "neither"
        words = tuple(one.read_as("and") if one.text == "nor" else one for one in tokens[int(neither) :])
        found = self.form.noun(words, 0)
        at = found[0] if found is not None else len(words)
        if at + 1 >= len(words):
            return None
        if words[at].text in ("do", "does") and words[at + 1].text == "not" and at + 3 < len(words):
            verb = words[at + 2].read_as(WANTING.get(words[at + 2].text, ""))
            return (words[:at], (verb, *words[at + 3 :]), False) if verb.text else None
        if words[at].text in WANTING.values() or words[at].text in WANTING or self.duty.verb(words, at):
            return words[:at], words[at:], not neither
        return None

    def _places(self, tokens: Tokens) -> Tokens:
        """``from the table take the cup and from the shelf the jug`` with the place behind each thing."""
        if len(tokens) < 5 or tokens[0].text not in PLACING:
            return tokens
        where = self._noun(tokens, 1)
        verb = where[0] if where is not None else len(tokens)
        verb += verb < len(tokens) and tokens[verb].text == ","
        what = self._noun(tokens, verb + 1) if verb < len(tokens) and self.form.verb(tokens, verb) else None
        if where is None or what is None or not self._stops(tokens, what[0]):
            return tokens
        out = (*tokens[verb : what[0]], *tokens[: where[0]])
        at = what[0]
        while (found := self._gap(tokens, at, tokens[0].text)) is not None:
            begin, middle, at = found
            out = (*out, *self.form.words(", then", tokens[begin]), tokens[verb], *tokens[middle:at],
                   *tokens[begin:middle])  # fmt: skip
        return (*out, *tokens[at:])

    def _gap(self, tokens: Tokens, at: int, place: str) -> tuple[int, int, int] | None:
        """``and from the shelf the jug``: where the place and the thing begin, and where the thing ends."""
        begin = at
        while begin < len(tokens) and tokens[begin].text in LINKS:
            begin += 1
        if begin == at or begin >= len(tokens) or tokens[begin].text != place:
            return None
        where = self._noun(tokens, begin + 1)
        what = self._noun(tokens, where[0]) if where is not None and where[0] < len(tokens) else None
        if where is None or what is None or not self._stops(tokens, what[0]):
            return None
        return begin, where[0], what[0]

    def _noun(self, tokens: Tokens, at: int) -> tuple[int, Noun] | None:
        """The thing or place that is named at a position."""
        found = self.form.noun(tokens, at) if at < len(tokens) else None
        return found if found is not None and found[1].role in ("thing", "list") else None

    def _stops(self, tokens: Tokens, at: int) -> bool:
        """Whether a clause ends at a position."""
        return at >= len(tokens) or tokens[at].text in LINKS

    def _going(self, tokens: Tokens) -> Tokens:
        """``the cup goes on the shelf and the jug in the sink`` as putting them there, giving where it is somebody."""
        first = self._noun(tokens, 0)
        at = first[0] if first is not None else len(tokens)
        if first is None or at + 2 >= len(tokens) or tokens[at].text not in ("goes", "go"):
            return tokens
        if tokens[at + 1].text not in GOING or self.form.person(first[1]):
            return tokens
        goals = (one for one in self.form.nouns().parse(tokens, at + 2) if one[1].role == "thing")
        goal = next((one for one in goals if self._stops(tokens, one[0]) and self._gapped(tokens, one[0])), None)
        if goal is None:
            return tokens
        given = self.form.person(goal[1])
        verb = "give" if given else "bring" if tokens[at + 1].text == "to" else "put"
        return (*self.form.words(verb, tokens[0]), *tokens[:at], *tokens[at + 1 :])

    def _gapped(self, tokens: Tokens, at: int) -> bool:
        """Whether another thing with the place where it goes follows, without a verb."""
        while at < len(tokens) and tokens[at].text in LINKS:
            at += 1
        names = (end for end, noun in self.form.nouns().parse(tokens, at) if noun.role in ("thing", "list"))
        return any(
            end + 1 < len(tokens) and tokens[end].text in GOING and self._noun(tokens, end + 1) is not None
            for end in names
        )


def _unlinked(tokens: Tokens) -> Tokens:
    """Words without links at their end."""
    while tokens and tokens[-1].text in LINKS:
        tokens = tokens[:-1]
    return tokens
