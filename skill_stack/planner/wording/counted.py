"""Counted: rooms by what is in them, and people by how many they are, by name: ``all the rooms with lamps in them``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.planner.wording.addressee import Addressee
from skill_stack.planner.wording.order_form import OrderForm, Tokens

WITH = (("with",), ("that", "have"), ("that", "has"), ("which", "have"), ("which", "has"), ("containing",),
        ("that", "contain"), ("that", "contains"))  # fmt: skip
"""Words between rooms and what is in them."""

EVERY = frozenset({"all", "every", "each"})
"""Words before all rooms."""

NUMBERS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5}
"""How many people there are, by the word for it."""


@dataclass(slots=True)
class Counted:
    """Names rooms and people of which only is said what they have or how many they are.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens, at: int) -> Tokens:
        """A text with names for such rooms or people at a position.

        Args:
            tokens: The text.
            at: The position.
        """
        found = self._rooms(tokens, at) or self._people(tokens, at) if at < len(tokens) else None
        if found is None:
            return tokens
        the = "the " if found[2] else ""
        names = " and ".join(the + name.replace("_", " ") for name in found[1])
        return (*tokens[:at], *self.form.words(names, tokens[at]), *tokens[found[0] :])

    def _rooms(self, tokens: Tokens, at: int) -> tuple[int, list[str], bool] | None:
        """Where words end for all rooms with something in them that begin at a position, and which these are."""
        room = at + 1 + (tokens[at + 1 : at + 2] != () and tokens[at + 1].text in ("the", "of"))
        every = tokens[at].text in EVERY and room < len(tokens) and tokens[room].text in ("room", "rooms")
        texts = tuple(one.text for one in tokens[room + 1 : room + 3]) if every else ()
        length = next((len(one) for one in WITH if texts[: len(one)] == one), 0)
        begin = room + 1 + length
        begin += tokens[begin : begin + 1] != () and tokens[begin].text in ("a", "an", "any", "some")
        if not length or begin >= len(tokens):
            return None
        ends = [end for end, noun in self.form.nouns().parse(tokens, begin) if noun.ids and not noun.relations]
        end = max(ends, default=0)
        rooms = [name for name in sorted(self.form.places) if end and self._has(tokens[begin:end], name)]
        last = end + 2 if self.form.said(tokens[end : end + 2]) in ("in them", "in it") else end
        return (last, rooms, True) if rooms else None

    def _has(self, thing: Tokens, room: str) -> bool:
        """Whether something of a kind is in a room."""
        where = (*thing, *self.form.words(f"in the {room.replace('_', ' ')}", thing[0]))
        nouns = self.form.nouns().parse(where, 0)
        whole = (noun for end, noun in nouns if end == len(where) and noun.relations)
        return any(tuple(self.form.meant(replace(noun, many="all"))) for noun in whole)

    def _people(self, tokens: Tokens, at: int) -> tuple[int, list[str], bool] | None:
        """Where words end for so many people somewhere that begin at a position, and who they are."""
        several = at + (tokens[at].text == "all")
        several += several > at and several < len(tokens) and tokens[several].text == "the"
        count = NUMBERS.get(tokens[several].text, 0) if several + 3 < len(tokens) else 0
        kind = several + 1 + (count > 0 and tokens[several + 1].text in ("the", "of"))
        known = count and kind + 1 < len(tokens) and tokens[kind].text.removesuffix("s") in Addressee(self.form).people
        if not known or tokens[kind + 1].text not in ("in", "at", "on"):
            return None
        everyone = (*self.form.words("everyone", tokens[at]), *tokens[kind + 1 :])
        found = self.form.noun(everyone, 0)
        ids = sorted(self.form.meant(found[1])) if found is not None and self.form.person(found[1]) else []
        return (kind + found[0], ids, False) if found is not None and len(ids) == count else None
