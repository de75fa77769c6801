"""InHand: what is held while something else is done, and what is looked at by the light of a lamp."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import bases

LAMPS = frozenset({"lamp", "light", "lantern", "torch", "flashlight", "lights"})
"""Last words of what gives light."""

LIGHT = frozenset({"lamplight", "light", "lamp"})
"""Words for the light itself: ``in lamp light``."""

WHILE = frozenset({"while", "whilst", "when"})
"""Words before what is done at the same time."""

HOLDING = frozenset({"hold", "carry"})
"""Verbs of having something in the hand."""


@dataclass(slots=True)
class InHand:
    """Has a thing taken up first that is to be held meanwhile.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence with taking up as an order before the other one.

        Args:
            tokens: The sentence.
        """
        return self._lit(self._carrying(self._held(tokens)))

    def _held(self, tokens: Tokens) -> Tokens:
        """``pick up the pen and turn on the lamp`` for ``turn on the lamp while holding the pen``."""
        if not self._asks(tokens):
            return tokens
        for at in range(len(tokens) - 2):
            begin = self.form.at("while_holding", tokens, at)
            for end, _ in self._things(tokens, begin) if begin is not None else ():
                hand = self.form.at("in_hand", tokens, end)
                if tokens[at].text == "with" and hand is None:
                    continue
                stop = end if hand is None else hand
                take = self._take(tokens[begin:end])
                if at > 1 and stop == len(tokens):
                    comma = at - (tokens[at - 1].text == ",")
                    return (*take, *self.form.words("and", tokens[at]), *tokens[:comma])
                if at == 0 and stop < len(tokens) and tokens[stop].text == ",":
                    return (*take, *self.form.words("and", tokens[at]), *tokens[stop + 1 :])
        return tokens

    def _asks(self, tokens: Tokens) -> bool:
        """Whether an order is given: at the beginning, or after what is held."""
        comma = next((at for at, token in enumerate(tokens) if token.text == ","), 0)
        return self.form.begins(tokens, 0) or self._base(tokens, 0) != "" or (
            bool(tokens) and tokens[0].text in {*WHILE, "with"} and self.form.begins(tokens, comma + 1)
        )  # fmt: skip

    def _carrying(self, tokens: Tokens) -> Tokens:
        """``pick up the pen and turn on the lamp`` for ``carry the pen while turning on the lamp``."""
        if not tokens or tokens[0].text not in HOLDING:
            return tokens
        for end, _ in self._things(tokens, 1):
            base = self._base(tokens, end + 1) if end + 2 < len(tokens) and tokens[end].text in WHILE else ""
            if base:
                order = (tokens[end + 1].read_as(base), *tokens[end + 2 :])
                return (*self._take(tokens[1:end]), *self.form.words("and", tokens[end]), *order)
        return tokens

    def _lit(self, tokens: Tokens) -> Tokens:
        """``pick up the book and turn on the lamp`` for ``examine the book by the light of the lamp``."""
        for at in range(len(tokens) - 3):
            first = at == 0 or tokens[at - 1].text in LINKS
            begin = self.form.at("examining", tokens, at) if first or tokens[at - 1].text == "to" else None
            aimed = self._aimed(tokens, at, begin) if begin is not None and not first else ()
            if aimed:
                return aimed
            if not first:
                continue
            if begin is None or (at == 0 and self.form.verb_of(tokens, at) is None):
                continue
            for end, noun in self._things(tokens, begin, pronouns=at > 0):
                before = self.form.at("lit_by", tokens, end)
                lamp = self._lamp(tokens, before) if before is not None else None
                if lamp is None:
                    continue
                order = (*self.form.words("turn on", tokens[at]), *lamp[1])
                take = () if noun.role == "pronoun" else self._take(tokens[begin:end])
                also = self.form.words("and", tokens[at]) if take else ()
                return (*tokens[:at], *take, *also, *order, *self._seen(tokens[begin:end]), *tokens[lamp[0] :])
        return tokens

    def _aimed(self, tokens: Tokens, at: int, begin: int) -> Tokens:
        """``pick up the map and turn on the lamp`` for ``pick up the map to look at it under the lamp``."""
        begin += tokens[begin].text in ("it", "them") if begin < len(tokens) else 0
        before = self.form.at("lit_by", tokens, begin)
        lamp = self._lamp(tokens, before) if before is not None else None
        if lamp is None or not self.form.begins(tokens, 0):
            return ()
        order = self.form.words("and turn on", tokens[at])
        return (*tokens[: at - 1], *order, *lamp[1], *tokens[lamp[0] :])

    def _seen(self, thing: Tokens) -> Tokens:
        """Looking at a thing, where the robot can."""
        look = (*self.form.words("look at", thing[0]), *self._same(thing))
        return (*self.form.words("and", thing[0]), *look) if self.form.does(look, 0) else ()

    def _lamp(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """Where a lamp ends that is named at a position, and its words; None for none."""
        for end, noun in self._things(tokens, at):
            if noun.ids and all(self._shines(one) for one in noun.ids):
                stop = end + (end < len(tokens) and tokens[end].text in LIGHT)
                return stop, tokens[at:end]
        lights = at < len(tokens) and tokens[at].text in LIGHT and at + 1 >= len(tokens)
        return (at + 1, self.form.words("the lamp", tokens[at])) if lights else None

    def _shines(self, name: str) -> bool:
        """Whether something is a lamp by its kind."""
        return self.form.nouns().scene[name].kind.replace("_", " ").split()[-1] in LAMPS

    def _things(self, tokens: Tokens, at: int, pronouns: bool = False) -> Iterator[tuple[int, Noun]]:
        """Things that can be meant at a position, the longest first; people and rooms are none."""
        for end, noun in sorted(self.form.nouns().parse(tokens, at), key=lambda one: -one[0]):
            ids = noun.ids or frozenset[str]()
            named = noun.role == "thing" and ids and not self.form.person(noun) and not ids <= self.form.places
            if named or (pronouns and noun.role == "pronoun"):
                yield end, noun

    def _take(self, thing: Tokens) -> Tokens:
        """Taking up a thing."""
        return (*self.form.words("pick up", thing[0]), *thing)

    def _same(self, tokens: Tokens) -> Tokens:
        """A thing named again: ``the cup`` for ``a cup``."""
        if tokens[0].text in ("a", "an", "some", "any", "one"):
            return (*self.form.words("the", tokens[0]), *tokens[1:])
        return tokens

    def _base(self, tokens: tuple[Token, ...], at: int) -> str:
        """The verb of the robot of which a form in -ing stands at a position, or empty."""
        if at >= len(tokens) or not tokens[at].text.endswith("ing"):
            return ""
        forms = ((one, tokens[at].read_as(one)) for one in bases(tokens[at].text))
        some = [one for one, verb in forms if self.form.does((verb, *tokens[at + 1 :]), 0)]
        return some[0] if some else ""
