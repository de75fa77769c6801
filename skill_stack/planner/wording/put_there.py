"""PutThere: orders that only ask to put a thing where it was said to belong: ``…; put it in and shut the door``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.order_form import OrderForm, Tokens

THERE = frozenset(
    order
    for it in ("it", "them")
    for order in (*(f"put {it} {where}" for where in ("in", "on", "in there", "on there", "there", "inside", "away")),
                  *(f"{give} {it} to {whom}" for give in ("give", "bring", "take", "hand") for whom in ("him", "her")))
)  # fmt: skip
"""Orders to put something where it was said to belong, or to give it to whom."""

BELONGING = frozenset({"belongs", "belong", "goes", "go"})
"""Verbs by which it is said where a thing belongs."""


@dataclass(slots=True)
class PutThere:
    """Finds such orders.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens, begin: int, before: Tokens) -> Tokens | None:
        """What else is asked for than to put the thing there; None where that is not asked.

        Args:
            tokens: The sentence.
            begin: Where it begins behind polite words.
            before: The sentence before it.
        """
        begin += sum(one.text in ("please", ",") for one in tokens[:2])
        verb = next((at for at, one in enumerate(before) if one.text in BELONGING), 0)
        end = next((k for k in range(begin, len(tokens)) if tokens[k].text in ("and", ",", "then")), len(tokens))
        if not verb or self.form.said(tokens[begin:end]) not in THERE:
            return None
        rest = tokens[end + 1 :]
        goal = self.form.noun(before, verb + 2) if verb + 2 < len(before) else None
        room = goal is None or not goal[1].ids or bool(goal[1].ids & self.form.places)
        if room or self.form.said(rest[:3]) not in ("shut the door", "close the door"):
            return rest
        return (rest[0], rest[2].read_as("it"), *rest[3:])  # that of the cupboard
