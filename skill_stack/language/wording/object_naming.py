"""ObjectNaming: replaces pronouns in an order by their antecedents in another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import Token


@dataclass(slots=True)
class ObjectNaming:
    """Replaces pronouns by their antecedents.

    Attributes:
        form: Finds noun phrases.
    """

    form: OrderForm

    def named(self, old: Tokens, new: Tokens) -> Tokens:
        """Replaces the pronouns of an order.

        Args:
            old: The order with the antecedents.
            new: The order with pronouns.
        """
        verb = self.form.verb_of(old, 0)
        old = old[verb + 1 :] if verb is not None else old  # "open" is a verb here, no adjective of the gate
        meant = self._meant(old)
        said = {token.text for token in old} - {"there"}  # a pronoun in both orders keeps its antecedent
        out: list[Token] = []
        for at, token in enumerate(new):
            whose = token.text in ("him", "her") and self._whose(new, at)
            known = meant.get(token.text) if token.text not in said and not whose else None
            out += known[0] if known else (token,)
        return tuple(out)

    def _meant(self, old: Tokens) -> dict[str, list[Tokens]]:
        """Possible antecedents of pronouns, likeliest first."""
        nouns = list(self.nouns(old))
        thing = [old[a:b] for a, b, noun in nouns if noun.role != "list" and not self.form.person(noun)]
        person = [old[a:b] for a, b, noun in nouns if noun.role == "thing" and self.form.person(noun)][-1:]
        whom = person or (thing if len(thing) == 1 else [])
        several = any(self._several(one) for one in nouns)
        there = [old[at:end] for at, end in self.goals(old)]
        return {"it": thing, "them": thing if several else person or thing, "him": whom, "her": whom, "there": there}

    def nouns(self, tokens: Tokens) -> Iterator[tuple[int, int, Noun]]:
        """Yields begin, end and noun of each noun phrase."""
        at = 0
        while at < len(tokens):
            found = self._noun(tokens, at) if tokens[at].text not in self.form.wording.opposite else None
            if found is not None and found[0] > at:
                yield at, found[0], found[1]
                at = found[0]
            else:
                at += 1

    def _noun(self, tokens: Tokens, at: int) -> tuple[int, Noun] | None:
        """The noun phrase at a position: in ``put the pie in the oven`` the pie alone, if none is in the oven."""
        found = self.form.noun(tokens, at)
        if found is None or not found[1].relations or any(True for _ in self.form.meant(found[1])):
            return found
        shorter = ((end, one) for end, one in self.form.nouns().parse(tokens, at) if one.role == "thing")
        return next(((end, one) for end, one in shorter if one.ids and not one.relations), found)

    def thing(self, tokens: Tokens) -> bool:
        """Whether words have a noun phrase."""
        return next(self.nouns(tokens), None) is not None

    def goals(self, old: Tokens, like: str = "to") -> Iterator[tuple[int, int]]:
        """Yields begin and end of each prepositional phrase with a synonym of a preposition.

        Args:
            old: An order.
            like: The preposition.
        """
        for at in range(1, len(old)):
            found = self.form.lexicon.prepositions.longest(old, at)
            where = self.form.noun(old, found[0]) if found is not None and found[0] < len(old) else None
            if where is not None and (old[at].text == like or {old[at].text, like} <= self.form.wording.goals):
                yield at, where[0]

    def _several(self, named: tuple[int, int, Noun]) -> bool:
        """Whether a noun means or may mean several objects."""
        return not self.form.person(named[2]) and named[2].several

    def _whose(self, tokens: Tokens, at: int) -> bool:
        """Whether a pronoun is possessive."""
        if at + 1 < len(tokens) and tokens[at + 1].text in WORDS.determiners:
            return False  # "give her the cup"
        return any(end > at + 1 for end, _ in self.form.nouns().parse(tokens, at))
