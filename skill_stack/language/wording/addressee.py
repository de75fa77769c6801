"""Addressee: who is to be told something, with what is said beside the name."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.grammar.chunks import COLLECTIVE, Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.text import STOPS
from skill_stack.language.words.verb_forms import bases

GROUPS = frozenset({*COLLECTIVE, "pupils", "students", "kids", "members", "boys", "girls", "actors", "guests"})
"""Words for the people of whom a class or a family consists."""

OWN = frozenset("the our my your both".split())
"""Words before what somebody is: ``the apprentice Tom``."""


@dataclass(slots=True)
class Addressee:
    """Finds the one or the people who are addressed.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def at(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where somebody's name ends that begins at a position, and the name, without ``please`` and a second name.

        Args:
            tokens: The text.
            at: The position.
        """
        found = self._named(tokens, at)
        if found is None:
            return self._everyone(tokens, at)
        begin, end, noun = found
        name = tokens[begin:end]
        apart = next((k for k in range(1, len(name) - 1) if name[k].text == "," and name[k + 1].text == "not"), 0)
        after, name = self._past(tokens, end, noun), name[: apart or len(name)]  # "Anna, not Tom,"
        more = self._named(tokens, after + 2) if self.form.said(tokens[after : after + 2]) == "and then" else None
        if more is None or more[1] == len(tokens) or tokens[more[1]].text in (*STOPS, ",", "and"):
            return after, name
        return more[1], (*name, tokens[after], *tokens[more[0] : more[1]])  # "tell Anna and then Tom that …"

    def _named(self, tokens: Tokens, at: int) -> tuple[int, int, Noun] | None:
        """Where the name begins and ends of somebody who is spoken of at a position, and the noun."""
        for begin in (at, self._of(tokens, at), self._called(tokens, at)):
            found = self.form.noun(tokens, begin) if begin is not None and begin < len(tokens) else None
            if begin is not None and found is not None and self._somebody(found[1]):
                return begin, found[0], found[1]
        return None

    def _of(self, tokens: Tokens, at: int) -> int | None:
        """Where a class is named after its people: ``the children of 3a``."""
        begin = at + (at < len(tokens) and tokens[at].text in (*OWN, "all"))
        group = begin + 1 < len(tokens) and tokens[begin].text in GROUPS and tokens[begin + 1].text == "of"
        return begin + 2 if group else None

    def _everyone(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """``all the guests in the hall`` as everyone there, where nobody is called a guest."""
        begin = at
        while begin < len(tokens) and tokens[begin].text in ("all", "the", "of", "our"):
            begin += 1
        end = begin + 1
        place = begin > at and end < len(tokens) and tokens[end].text in ("in", "at", "on")
        if not place or not tokens[begin].text.endswith("s") or not self.people & set(bases(tokens[begin].text)):
            return None
        everyone = (*self.form.words("everyone", tokens[at]), *tokens[end:])
        found = self.form.noun(everyone, 0)
        if found is None or found[0] < 3 or not self._somebody(found[1]):
            return None
        return end + found[0] - 1, everyone[: found[0]]

    @property
    def people(self) -> set[str]:
        """Words for what somebody is."""
        things = self.form.lexicon.things
        return {*things.kinds["person"], *things.types["person"].parameters, *things.types["person"].kinds, *GROUPS}

    def _called(self, tokens: Tokens, at: int) -> int | None:
        """Where somebody's name begins after what he is: ``the actors Oskar and Nils``."""
        own = at + 2 < len(tokens) and tokens[at].text in OWN
        return at + 2 if own and self.people & {tokens[at + 1].text, *bases(tokens[at + 1].text)} else None

    def _past(self, tokens: Tokens, end: int, noun: Noun) -> int:
        """The position behind what is said beside a name: ``, please,``, ``, the guard,`` and ``, not Tom,``."""
        if end + 1 >= len(tokens) or tokens[end].text != ",":
            return end
        second = self.form.noun(tokens, end + 1)
        closed = second is not None and second[0] < len(tokens) and tokens[second[0]].text == ","
        if second is not None and closed and second[1].ids and second[1].ids == noun.ids:
            return second[0] + 1
        if tokens[end + 1].text in ("please", "kindly"):
            return end + 2 + (end + 2 < len(tokens) and tokens[end + 2].text == ",")
        other = self.form.noun(tokens, end + 2) if tokens[end + 1].text == "not" and end + 2 < len(tokens) else None
        if other is not None and self._somebody(other[1]) and other[0] < len(tokens):
            after = other[0] + (tokens[other[0]].text == ",")
            return after if tokens[other[0]].text not in STOPS else end
        return end

    def _somebody(self, noun: Noun) -> bool:
        """Whether a noun means people."""
        if noun.parts:
            return all(self._somebody(one) for one in noun.parts)
        return self.form.person(noun) or noun.role == "pronoun"
