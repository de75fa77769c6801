"""Relative: clauses about things and people, said plainly: ``the scarf that somebody left in the hall``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.wording.addressee import Addressee
from skill_stack.planner.wording.counted import Counted
from skill_stack.planner.wording.order_form import OrderForm, Tokens

WHICH = frozenset({"that", "which"})
"""Words with which a clause about a thing begins."""

WHO = frozenset({"who", "that"})
"""Words with which a clause about somebody begins."""

SOMEBODY = frozenset("somebody someone anybody anyone i we he she they you".split())
"""Who has left a thing where it is."""

PLACES = frozenset("in on at under beside by behind near outside from inside next".split())
"""Words before where something is."""

BEING = frozenset("is are was were has have had been be being".split())
"""Small verbs of such a clause."""

SMALL = frozenset("still just now currently right already only probably always again accidentally apparently".split())
"""Words in it that change nothing."""

LYING = frozenset(
    "lying standing sitting hanging lies stands sits hangs left forgot forgotten lost dropped put placed laid kept "
    "keep leave stored found waiting waits lay stood sat hung parked resting".split()
)
"""Verbs by which a thing is where it is."""

WITH = {"has": "with", "have": "with", "with": "with", "wears": "in", "wearing": "in", "holding": "with"}
"""Verbs by which somebody is known, and the same word in a name: ``the lady with the cat``."""

SORTS = tuple("person man lady woman boy girl gentleman guest patient visitor child kid lad".split())
"""Words for what somebody is in names that end with a description: ``the man on crutches``."""

STATES = frozenset("on off open closed shut running unlocked locked lit unlit ajar".split())
"""States by which things are told apart."""

DEVICES = frozenset("devices appliances machines gadgets items things".split())
"""Words for whatever is in a state, where nothing here is called so."""

LONGEST = 9
"""Words of a name, and of such a clause before its place."""


@dataclass(slots=True)
class Relative:
    """Says plainly which thing or person is meant.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which things are called by where they are, and people who are described by their names.

        Args:
            tokens: The text.
        """
        at = 0
        while at < len(tokens):
            who = self._somebody(tokens, at)
            if who is not None:
                tokens = (*tokens[:at], *self.form.words(who[1], tokens[at]), *tokens[who[0] :])
            place = self._place(tokens, at) if at > 1 else 0
            if place and self._thing(tokens, at):
                tokens = (*tokens[:at], *tokens[place:])
            tokens = self._stated(tokens, at)
            at += 1
        for at in range(len(tokens)):
            tokens = self._whatever(tokens, at)
            tokens = Counted(self.form).of(tokens, at)
        return tokens

    def _whatever(self, tokens: Tokens, at: int) -> Tokens:
        """``everything that is on`` for ``all the devices that are on``, where no device here is so."""
        end = at + 1
        while end < len(tokens) and tokens[end].text in ("of", "the", "electrical", "electric"):
            end += 1
        device = tokens[at : at + 1] and tokens[at].text in ("all", "any") and end < len(tokens)
        device = device and tokens[end].text in DEVICES
        known = self.form.noun(tokens, at) if device else None
        if not device or (known is not None and known[1].ids and tuple(self.form.meant(known[1]))):
            return tokens
        return (*tokens[:at], tokens[at].read_as("everything"), *tokens[end + 1 :])

    def _stated(self, tokens: Tokens, at: int) -> Tokens:
        """``everything that is on in the hall`` for ``everything in the hall that is on``, at a position."""
        is_ = [token.text for token in tokens[at : at + 3]]
        clause = len(is_) == 3 and is_[0] in WHICH and is_[1] in ("is", "are") and is_[2] in STATES
        if not clause or (at + 3 < len(tokens) and tokens[at + 3].text in PLACES):
            return tokens
        for place in range(max(1, at - LONGEST), at - 1):
            where = [end for end, one in self.form.nouns().parse(tokens[:at], place + 1) if one.role == "thing"]
            if tokens[place].text in PLACES and at in where and self._thing(tokens, place):
                return (*tokens[:place], *tokens[at : at + 3], *tokens[place:at], *tokens[at + 3 :])
        return tokens

    def _place(self, tokens: Tokens, at: int) -> int:
        """Where it is said where a thing is, behind a clause at a position that says only that; 0 for others."""
        begin = at + (tokens[at].text in WHICH)
        if begin == at and tokens[at].text not in ("somebody", "someone"):
            return 0
        k = self._subject(tokens, begin)
        lies = False
        while k < min(len(tokens) - 1, begin + LONGEST):
            text = tokens[k].text
            if text in PLACES and lies:
                where = self.form.noun(tokens, k + 1)
                floor = self.form.said(tokens[k + 1 : k + 3]) in ("the floor", "the ground")
                return k if where is not None or floor else 0
            if text not in BEING | SMALL | LYING:
                return 0
            lies = lies or text in LYING
            k += 1
        return 0

    def _subject(self, tokens: Tokens, at: int) -> int:
        """Where the words end for who left a thing where it is; the position itself where nobody is named."""
        if at >= len(tokens) or tokens[at].text in BEING | LYING | SMALL:
            return at
        if tokens[at].text in SOMEBODY:
            return at + 1
        guest = tokens[at].text in ("a", "an", "the", "some", "one") and at + 1 < len(tokens)
        if guest and self._kind(tokens, at + 1):
            return at + 2
        found = self.form.noun(tokens, at)
        return found[0] if found is not None and self.form.person(found[1]) else at

    def _thing(self, tokens: Tokens, end: int) -> bool:
        """Whether words for a thing end at a position."""
        if next(self.form.named_before(tokens, end, LONGEST), None) is not None:
            return True
        return tokens[end - 1].text in ("everything", "anything")

    def _somebody(self, tokens: Tokens, at: int) -> tuple[int, str] | None:
        """Where words end that describe somebody at a position, and the name of the only one they may mean."""
        for begin, kind in self._described(tokens, at):
            head = (*self.form.words("the", tokens[at]), tokens[at].read_as(kind))
            where = tokens[begin : begin + LONGEST]
            named = self._called(kind, where)
            if named is not None:
                return begin + named[0], named[1]
            for end, noun in self.form.nouns().parse((*self.form.words("the person", tokens[at]), *where), 0):
                ids = tuple(self.form.meant(noun)) if noun.relations and self.form.person(noun) else ()
                sure = len(ids) == 1 and (kind == "person" or self.form.noun((*head, *where), 0) is not None)
                if sure and begin - at > 1 + (kind != "person"):
                    return begin + end - 2, ids[0].replace("_", " ")
        return None

    def _described(self, tokens: Tokens, at: int) -> Iterator[tuple[int, str]]:
        """Where a description of somebody begins after the words at a position, and what he is called in them."""
        texts = [token.text for token in tokens[at : at + 3]]
        if texts[:1] in (["whoever"], ["whomever"]) and texts[1:2] in (["is"], ["has"]):
            yield at + 1 + (texts[1] == "is"), "person"
        if texts[:1] == ["the"] and at + 3 < len(tokens) and self._kind(tokens, at + 1):
            after = at + 2 + (tokens[at + 2].text in WHO)
            after += after > at + 2 and tokens[after].text == "is"
            yield after, tokens[at + 1].text

    def _kind(self, tokens: Tokens, at: int) -> bool:
        """Whether a word says what somebody is: ``the patient``."""
        word = tokens[at].text
        named = self.form.lexicon.people
        return word in Addressee(self.form).people or (word in SORTS and word in named.him | named.her)

    def _called(self, kind: str, where: Tokens) -> tuple[int, str] | None:
        """Where a description ends that a name ends with, and who is called so: ``who is on crutches``."""
        if len(where) < 2 or where[0].text not in (*PLACES, *WITH):
            return None
        named = self.form.lexicon.people
        first = where[0].read_as(WITH.get(where[0].text, where[0].text))
        for other in SORTS:
            if {kind, other} & named.him and {kind, other} & named.her:
                continue  # "the woman with the dog" is not the man with the dog
            name = (*self.form.words(f"the {other}", where[0]), first, *where[1:])
            for end, noun in self.form.nouns().parse(name, 0):
                ids = noun.ids if self.form.person(noun) and not noun.relations and end > 3 else None
                if ids is not None and len(ids) == 1:
                    return end - 2, next(iter(ids)).replace("_", " ")
        return None
