"""Placing: where things are put, and orders that no skill can do as they are put: beside others, or giving nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.planner.answers import question, refusal
from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

ONTO = frozenset("on onto in into inside upon to".split())
"""Words before the place that something is put on or into."""


@dataclass(slots=True)
class Placing:
    """Refuses places that no skill puts things at, and asks for what is to be given.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A sentence in which a place is named that a room tells: ``put the melon on the table in the lounge``.

        The melon may lie on another table now; where it is the only one, nobody need say so, and the words tell where
        it goes.

        Args:
            tokens: The sentence.
        """
        for at in range(len(tokens)):
            verb = self.form.verb_of(tokens, at) if at == 0 or tokens[at - 1].text in LINKS else None
            begin = None if verb is None else self.form.at("putting", tokens, verb)
            if begin is not None and (found := self._roomed(tokens, begin)):
                end, far, name = found
                return (*tokens[:end], *self.form.words(f"the {name}", tokens[end]), *tokens[far:])
        return tokens

    def _roomed(self, tokens: Tokens, begin: int) -> tuple[int, int, str] | None:
        """Where the place of something that is put down begins and ends, and its name; None where no room tells it."""
        for end, thing in self.form.nouns().parse(tokens, begin):
            if thing.role != "thing" or thing.relations or end + 1 >= len(tokens) or tokens[end].text not in ONTO:
                continue
            if len(tuple(self.form.meant(thing))) != 1:
                continue
            for far, place in self.form.nouns().parse(tokens, end + 1):
                whole = far == len(tokens) or tokens[far].text in LINKS
                told = place.relations and len(tuple(self.form.meant(replace(place, relations=())))) != 1
                ids = tuple(self.form.meant(place)) if whole and told else ()
                if len(ids) == 1:
                    return end + 1, far, ids[0].replace("_", " ")
        return None

    def check(self, tokens: Tokens) -> None:
        """Looks at every order of a sentence.

        Args:
            tokens: The sentence.

        Raises:
            Answer: A place beside something is meant that no skill has words for, or what is to be given is missing.
        """
        for at in range(len(tokens)):
            if at == 0 or tokens[at - 1].text in LINKS:
                verb = self.form.verb_of(tokens, at)
                if verb is not None:
                    self._beside(tokens, verb)
                    self._nothing(tokens, verb)

    def _beside(self, tokens: Tokens, verb: int) -> None:
        """Refuses ``put the cup next to the bowl`` where things are only put on and into others."""
        begin = self.form.at("putting", tokens, verb)
        if begin is None:
            return
        for end, noun in self.form.nouns().parse(tokens, begin):
            where = self.form.at("beside", tokens, end)
            if noun.role not in ("thing", "pronoun", "list") or where is None or self._tells(noun):
                continue
            words = self.form.said(tokens[end:where])
            stops = [far for far, one in self.form.nouns().parse(tokens, where) if one.role in ("thing", "list")]
            whole = [far for far in stops if far == len(tokens) or tokens[far].text in LINKS]
            if ONTO & {token.text for token in tokens[where:]}:
                return  # "put the cup next to the bowl on the table" tells which cup it is
            if whole and words not in self.form.own:
                place = self.form.said(tokens[end : whole[0]])
                what = self.form.said(tokens[begin:end])
                raise refusal(
                    f"I can put {what} on something or into something, where a skill does that, but none of mine puts "
                    f"it '{place}'. Say what it is to stand on."
                )

    def _tells(self, noun: Noun) -> bool:
        """Whether a place was named already, so that one beside it may tell which is meant: ``in the cupboard``."""
        return any(one.kind in ("on", "in") and len(one.noun.ids or ()) == 1 for one in noun.relations)

    def _nothing(self, tokens: Tokens, verb: int) -> None:
        """Asks what is to be given: ``bring me``, ``give Anna``."""
        begin = self.form.at("giving", tokens, verb)
        noun = next(((end, one) for end, one in self.form.nouns().parse(tokens, begin or 0)), None) if begin else None
        if begin is None or noun is None or not (noun[0] == len(tokens) or tokens[noun[0]].text in LINKS):
            return
        people = noun[1].role == "speaker" or self.form.person(noun[1])
        if people and (begin, noun[0]) != (0, 0) and noun[1].role != "list":
            said = self.form.said(tokens[verb : noun[0]])
            raise question(f"{said.capitalize()} what? Please name the thing.")
