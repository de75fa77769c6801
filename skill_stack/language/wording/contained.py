"""Contained: an object with another one in it, put somewhere: ``put a cup with a spoon in it on the table``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens

INSIDE = frozenset({"in", "on", "inside", "in_container", "in_receptacle", "contains"})
"""Facts that say that one thing is in or on another."""


@dataclass(slots=True)
class Contained:
    """Has the inner thing put into the outer one first, where no fact says that it is there.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens:
        """One sentence with an order for each of the two things.

        Args:
            tokens: The sentence.
        """
        for at in range(len(tokens) - 5):
            verb = self.form.verb_of(tokens, at) if at == 0 or tokens[at - 1].text in LINKS else None
            begin = self._moves(tokens, verb) if verb is not None else None
            if verb is None or begin is None:
                continue
            for end, outer in self.things(tokens, begin):
                start = self.form.at("containing", tokens, end)
                done = self._inner(tokens, (at, verb, begin, end, start), outer) if start is not None else ()
                if done:
                    return done
        return tokens

    def _moves(self, tokens: Tokens, verb: int) -> int | None:
        """Where the thing begins that is put or brought somewhere; None where the verb is none of these."""
        if tokens[verb].text in self.form.wording.carrying:
            return verb + 1
        return self.form.at("putting", tokens, verb)

    def things(self, tokens: Tokens, at: int) -> Iterator[tuple[int, Noun]]:
        """Things that can be meant at a position, the shortest first; people and rooms are none.

        Args:
            tokens: The words.
            at: The position.
        """
        for end, noun in sorted(self.form.nouns().parse(tokens, at), key=lambda one: one[0]):
            ids = noun.ids or frozenset[str]()
            if noun.role == "thing" and ids and not self.form.person(noun) and not ids <= self.form.places:
                yield end, noun

    def _inner(self, tokens: Tokens, where: tuple[int, int, int, int, int], outer: Noun) -> Tokens:
        """The two orders; nothing where another thing is not said to be in the first one."""
        at, verb, begin, end, start = where
        if not self._holds_things(outer):
            return ()
        for stop, inner in self.things(tokens, start):
            inside, upon = self.form.at("inside_it", tokens, stop), self.form.at("upon_it", tokens, stop)
            for far in [one for one in (inside, upon) if one is not None] + [stop]:
                led = far + 1 < len(tokens) and tokens[far].text in (*self.form.wording.goals, "inside")
                onto = self.form.noun(tokens, far + 1) if led else None
                if onto is None or (inner.ids or frozenset()) & (outer.ids or frozenset()):
                    continue
                if self._there(inner, outer):
                    return (*tokens[:end], *tokens[far:])
                prep = "on" if far == upon or self._flat(outer) else "in"
                first = (*self.form.words("put", tokens[verb]), *tokens[start:stop],
                         *self.form.words(prep, tokens[verb]), *tokens[begin:end])  # fmt: skip
                rest = (*tokens[at:begin], *self._same(tokens[begin:end]), *tokens[far:])
                return (*tokens[:at], *first, *self.form.words("and", tokens[verb]), *rest)
        return ()

    def _same(self, tokens: Tokens) -> Tokens:
        """A thing named again: ``the cup`` for ``a cup``."""
        if tokens[0].text in ("a", "an", "some", "any", "one"):
            return (*self.form.words("the", tokens[0]), *tokens[1:])
        return tokens

    def _flat(self, noun: Noun) -> bool:
        """Whether things are put on something, and not in it."""
        scene = self.form.nouns().scene
        kinds = (scene[one].kind.replace("_", " ").split() for one in noun.ids or ())
        return any(not self.form.wording.flat.isdisjoint(kind) for kind in kinds)

    def _holds_things(self, noun: Noun) -> bool:
        """Whether everything that is meant is known to hold other things: a bowl, a box, a plate."""
        types = self.form.lexicon.things.types
        kinds = {*types["container"].kinds, *self.form.wording.flat} - {*types["fixed"].kinds}
        scene = self.form.nouns().scene
        return all(set(scene[one].kind.replace("_", " ").split()[-1:]) & kinds for one in noun.ids or ())

    def _there(self, inner: Noun, outer: Noun) -> bool:
        """Whether facts say already that the one is in the other."""
        facts = self.form.nouns().scene.facts
        pairs = {fact.arguments for fact in facts if fact.predicate in INSIDE and len(fact.arguments) == 2}
        return any((one, other) in pairs for one in inner.ids or () for other in outer.ids or ())
