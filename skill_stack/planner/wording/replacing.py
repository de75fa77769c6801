"""Replacing: an order with its things exchanged, with another one in their place, or with one of them alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.wording.naming import Naming
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

ALONE = frozenset({"just", "only"})
"""Words before all that is meant in the end."""

SUBJECTS = frozenset("he she they i we it you".split())
"""Words for those who would rather have something else."""


@dataclass(slots=True)
class Replacing:
    """Says orders anew.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def swapped(self, order: Tokens) -> Tokens:
        """``give Ana the tea and Tom the cake`` the other way round; nothing where it is not clear what that is.

        Args:
            order: What was said before.
        """
        named = list(self._single(order))
        people = [one for one in named if self.form.person(one[2])]
        things = [one for one in named if not self.form.person(one[2])]
        if len(people) == 2 and len(things) == 2:
            return _exchanged(order, people[0], people[1])
        if len(things) == 4 and not people:  # "the crown on the table and the cup on the throne"
            return _exchanged(order, things[0], things[2])
        return _exchanged(order, things[0], things[1]) if len(things) == 2 and not people else ()

    def preferred(self, old: Tokens, new: Tokens) -> Tokens:
        """``the bun`` for ``she would rather have the bun``, said of somebody in the order before.

        Args:
            old: The order before.
            new: What is said instead.
        """
        start = 1 if new and new[0].text in SUBJECTS else 0
        if not start:
            who = self.form.noun(new, 0) if new else None
            known = who is not None and self.form.person(who[1]) and self._named(old, who[1])
            start = who[0] if who is not None and known else 0
        end = self.form.at("preferring", new, start) if start else None
        noun = self.form.noun(new, end) if end is not None and end < len(new) else None
        return new[end:] if noun is not None and noun[1].role == "thing" and not self.form.person(noun[1]) else new

    def alone(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with one thing alone: ``get the doll and a slice of … no, just the doll``; nothing for others.

        Args:
            old: The order before.
            new: What is said instead.
        """
        noun = self.form.noun(new, 1) if len(new) > 1 and new[0].text in ALONE else None
        verb = self.form.verb_of(old, 0)
        if noun is None or noun[1].role != "thing" or verb is None:
            return ()
        wanted, rest = new[1 : noun[0]], new[noun[0] :]
        person = self.form.person(noun[1])
        same = [
            one for one in Naming(self.form).nouns(old)
            if one[0] > verb and one[2].role in ("thing", "list") and self.form.person(one[2]) == person
        ]  # fmt: skip
        if not same:
            return ()
        last = same[-1] if _linked(old, same) else same[0]
        tail = old[last[1] :]
        hanging = tail if not tail or tail[0].text not in LINKS else ()
        return (*old[: same[0][0]], *wanted, *hanging, *rest)

    def _single(self, order: Tokens) -> Iterator[tuple[int, int, Noun]]:
        """The things and people of an order, each by itself: in ``Ana the tea and Tom the cake`` there are four."""
        at = (self.form.verb_of(order, 0) or 0) + 1
        while at < len(order):
            found = [(end, noun) for end, noun in self.form.nouns().parse(order, at) if noun.role == "thing"]
            found = [(end, noun) for end, noun in found if noun.ids and end > at and not noun.relations]
            if found:
                yield at, *found[0]
            at = found[0][0] if found else at + 1

    def _named(self, old: Tokens, who: Noun) -> bool:
        """Whether an order names somebody."""
        return any((noun.ids or frozenset()) & (who.ids or frozenset()) for _, _, noun in Naming(self.form).nouns(old))


def _exchanged(order: Tokens, one: tuple[int, int, Noun], two: tuple[int, int, Noun]) -> Tokens:
    """An order with two of its nouns in each other's place."""
    return (*order[: one[0]], *order[two[0] : two[1]], *order[one[1] : two[0]], *order[one[0] : one[1]],
            *order[two[1] :])  # fmt: skip


def _linked(order: Tokens, named: list[tuple[int, int, Noun]]) -> bool:
    """Whether nothing but marks and links stands between nouns."""
    return all(token.text in LINKS for token in order[named[0][1] : named[-1][0]])
