"""ObjectNaming: antecedents of pronouns in an order that is placed beside or instead of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.text import Token

ARTICLES = frozenset({"the", "a", "an", "some", "another"})
"""Words that never follow a word for whose something is."""


@dataclass(slots=True)
class ObjectNaming:
    """Says in an order by name what another order named.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def named(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with what its pronouns mean in another one.

        Args:
            old: The order that has the names.
            new: The order with pronouns.
        """
        verb = self.form.verb_of(old, 0)
        old = old[verb + 1 :] if verb is not None else old  # in "open the gate" no gate is said to be open
        meant = self._meant(old)
        said = {token.text for token in old} - {"there"}  # means what it means there
        out: list[Token] = []
        for at, token in enumerate(new):
            whose = token.text in ("him", "her") and self._whose(new, at)
            known = meant.get(token.text) if token.text not in said and not whose else None
            out += known[0] if known else (token,)
        return tuple(out)

    def _meant(self, old: Tokens) -> dict[str, list[Tokens]]:
        """What pronouns may stand for after some words, the likeliest first."""
        nouns = list(self.nouns(old))
        thing = [old[a:b] for a, b, noun in nouns if noun.role != "list" and not self.form.person(noun)]
        person = [old[a:b] for a, b, noun in nouns if noun.role == "thing" and self.form.person(noun)][-1:]
        whom = person or (thing if len(thing) == 1 else [])
        several = any(self._several(one) for one in nouns)
        there = [old[at:end] for at, end in self.goals(old)]
        return {"it": thing, "them": thing if several else person or thing, "him": whom, "her": whom, "there": there}

    def nouns(self, tokens: Tokens) -> Iterator[tuple[int, int, Noun]]:
        """The things, people and pronouns that words name, one after the other, with where they stand.

        Args:
            tokens: The words.
        """
        at = 0
        while at < len(tokens):
            found = self._noun(tokens, at) if tokens[at].text not in self.form.wording.opposite else None
            if found is not None and found[0] > at:
                yield at, found[0], found[1]
                at = found[0]
            else:
                at += 1

    def _noun(self, tokens: Tokens, at: int) -> tuple[int, Noun] | None:
        """The noun at a position: in ``put the pie in the oven`` the pie alone, where none is in the oven."""
        found = self.form.noun(tokens, at)
        if found is None or not found[1].relations or any(True for _ in self.form.meant(found[1])):
            return found
        shorter = ((end, one) for end, one in self.form.nouns().parse(tokens, at) if one.role == "thing")
        return next(((end, one) for end, one in shorter if one.ids and not one.relations), found)

    def thing(self, tokens: Tokens) -> bool:
        """Whether words name something.

        Args:
            tokens: The words.
        """
        return next(self.nouns(tokens), None) is not None

    def goals(self, old: Tokens, like: str = "to") -> Iterator[tuple[int, int]]:
        """Where a place or somebody stands with a preposition that means the same as another one.

        Args:
            old: An order.
            like: The other preposition.
        """
        for at in range(1, len(old)):
            found = self.form.lexicon.prepositions.longest(old, at)
            where = self.form.noun(old, found[0]) if found is not None and found[0] < len(old) else None
            if where is not None and (old[at].text == like or {old[at].text, like} <= self.form.wording.goals):
                yield at, where[0]

    def _several(self, named: tuple[int, int, Noun]) -> bool:
        """Whether a noun means several things, or may do."""
        return not self.form.person(named[2]) and named[2].several

    def _whose(self, tokens: Tokens, at: int) -> bool:
        """Whether a pronoun says whose something is."""
        if at + 1 < len(tokens) and tokens[at + 1].text in ARTICLES:
            return False  # "give her the cup"
        return any(end > at + 1 for end, _ in self.form.nouns().parse(tokens, at))
