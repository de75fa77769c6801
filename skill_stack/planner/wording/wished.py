"""Wished: what somebody would like to be done, and what is due to him, as orders: ``I'd like the lamp switched on``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.obliged import ASKING
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

WANTING = (
    "wants", "want", "needs", "need", "would like", "would love", "also wants", "also needs", "also would like",
    "would also like", "would be glad of", "could do with", "is asking for",
)  # fmt: skip
"""What somebody does who would like something, behind his name."""

DUE = tuple(
    f"{must} {get}"
    for must in ("should", "must", "is to", "are to", "has to", "have to", "ought to", "shall", "needs to")
    for get in ("get", "receive", "be given", "be handed", "be brought")
)
"""What is due to somebody, behind his name: ``she should get the blanket``."""

STATES = ("on", "off", "open", "closed", "shut")
"""States that a thing is wished to be in."""

BETWEEN = frozenset("now also really please urgently most first next just right".split())
"""Words that change nothing in a wish."""

ARTICLES = frozenset({"a", "an", "the", "his", "her", "their"})
"""Words before a noun that is no thing of the scene: ``a timer set``."""

LONGEST_NAME = 3
"""Words that such a noun may have behind its article."""

WHOSE = {"his": "him", "her": "her", "their": "them"}
"""Words for whose something is, and somebody as what is done for him."""

HIMSELF = frozenset(WHOSE.values())
"""Somebody who was named before, as what is done for him."""

LED = tuple(
    f"to {one}"
    for one in ("be taken to", "be brought to", "be led to", "be shown", "be shown to", "be guided to",
                "be escorted to", "be accompanied to", "see", "visit", "go to", "get to", "have a look at",
                "be taken into")
)  # fmt: skip
"""What somebody wishes who is to be led somewhere."""

GOING = ("when", "before", "until", "as soon as", "because", "since", "so that", "while")
"""Words with which a clause begins that says when or why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wishes.

    Attributes:
        who: Who it is; nothing for the one who speaks.
        begin: Where what he wishes begins.
        due: Whether it is due to him, so that it is asked for in so many words.
    """

    who: Tokens
    begin: int
    due: bool = False


@dataclass(slots=True)
class Wished:
    """Puts wishes that say what is to be done as orders.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    @property
    def duty(self) -> Duty:
        """What finds participles of the robot's verbs."""
        return Duty(self.form)

    def of(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence with its wishes as orders; the same where one of them is none that can be put so.

        Args:
            tokens: The sentence.
            before: The sentence before it.
        """
        tokens = self._plain(tokens)
        out: list[Tokens] = []
        firm, wish = False, None
        for begin, end in self._parts(tokens):
            at = self._linked(tokens, begin)
            found = self._wish(tokens[:end], at)
            if found is not None and wish is not None and wish.who and found.who[:1] and found.who[0].text in HIMSELF:
                found = replace(found, who=wish.who)
            wish, at = (found, found.begin) if found is not None else (wish, at)
            if wish is None:
                return tokens
            again = self.duty.base(tokens, at) if out else ""
            if again:  # "taken from the rack and put in the chest"
                order: Tokens = (tokens[at].read_as(again), *self.form.words("it", tokens[at]), *tokens[at + 1 : end])
            else:
                order = self._done(tokens[at:end], wish)
            firm = firm or bool(order) or (wish.due and bool(before or wish.who[0].text not in WHOSE.values()))
            order = order or self._given(tokens[at:end], wish) or self._led(tokens[at:end], wish)
            asked = bool(out) or self.form.said(tokens[at : at + 2]) == "to be"
            firm = firm or (asked and bool(self._led(tokens[at:end], wish)))
            named = bool(before) and self.form.said(tokens[at:end]) in ("it", "them")
            firm = firm or (bool(order) and (named or self._definite(tokens, at)))
            if not order:
                return tokens
            out.append(order)
        if not firm:
            return tokens
        then = self.form.words(", then", tokens[0])
        return tuple(token for at, one in enumerate(out) for token in ((*then, *one) if at else one))

    def _definite(self, tokens: Tokens, at: int) -> bool:
        """Whether somebody wants one thing that all know and that can be carried: ``the delivery note``."""
        found = self.form.noun(tokens, at) if tokens[at].text == "the" else None
        types = self.form.lexicon.things.types
        fixed = {*types["fixed"].kinds, *types["furniture"].kinds, *types["device"].kinds}
        if found is None or not found[1].ids or found[1].ids & self.form.places:
            return False
        return not {tokens[found[0] - 1].text, tokens[found[0] - 1].text.removesuffix("s")} & fixed

    def _plain(self, tokens: Tokens) -> Tokens:
        """``what Ana needs now is a glass`` as ``Ana needs a glass``."""
        if not tokens or tokens[0].text not in ("what", "all") or tokens[-1].text == "?":
            return tokens
        wish = self._wish(tokens, 1)
        at = wish.begin if wish is not None else len(tokens)
        while at < len(tokens) and tokens[at].text in BETWEEN:
            at += 1
        if wish is None or at + 2 >= len(tokens) or tokens[at].text not in ("is", "are"):
            return tokens
        return (*tokens[1 : wish.begin], *tokens[at + 1 :])

    def _parts(self, tokens: Tokens) -> Iterator[tuple[int, int]]:
        """Where the parts of a sentence begin and end of which each may be a wish of its own."""
        begin = 0
        for at in range(1, len(tokens)):
            if tokens[at].text not in LINKS or tokens[at - 1].text in LINKS:
                continue
            after = self._linked(tokens, at)
            found = self._wish(tokens, after)
            start = found.begin if found is not None else after
            noun = self._noun(tokens, start)
            again = self.duty.base(tokens, after) and self.form.noun(tokens, after) is None
            if again or (found is not None and self.duty.longest(LED, tokens, start)):
                yield begin, at
                begin = at
            elif noun and (found is not None or noun == len(tokens) or self._predicate(tokens, noun)):
                yield begin, at
                begin = at
        yield begin, len(tokens)

    def _linked(self, tokens: Tokens, at: int) -> int:
        """Where the words end that link one wish to another."""
        while at < len(tokens) and tokens[at].text in LINKS | BETWEEN:
            at += 1
        return at

    def _wish(self, tokens: Tokens, at: int) -> Wish | None:
        """A wish that begins at a position: of the one who speaks, or of somebody who is named."""
        own = self.duty.longest(ASKING, tokens, at)
        if own:
            return Wish((), at + own)
        pronoun = at < len(tokens) and tokens[at].text in ("he", "she", "they")
        found = None if pronoun or at >= len(tokens) else self.form.noun(tokens, at)
        if not pronoun and (found is None or not self.form.person(found[1])):
            return None
        end = at + 1 if pronoun else found[0] if found is not None else at
        due = self.duty.longest(DUE, tokens, end)
        length = due or self.duty.longest(WANTING, tokens, end)
        if not length:
            return None
        words = {"he": "him", "she": "her", "they": "them"}
        who = (tokens[at].read_as(words[tokens[at].text]),) if pronoun else tokens[at:end]
        return Wish(who, end + length, bool(due))

    def _noun(self, tokens: Tokens, at: int) -> int:
        """Where a thing ends that is wished for: one of the scene, or one before a participle; 0 for none."""
        found = self.form.noun(tokens, at) if at < len(tokens) else None
        if found is not None and (found[1].role != "pronoun" or tokens[at].text in ("it", "them")):
            return found[0]
        if at < len(tokens) and tokens[at].text in ARTICLES:
            ends = range(at + 2, min(len(tokens), at + 2 + LONGEST_NAME))
            return next((end for end in ends if self._predicate(tokens, end)), 0)
        return 0

    def _predicate(self, tokens: Tokens, at: int) -> bool:
        """Whether what is to be done with a thing stands behind it: ``switched on``, ``to be off``."""
        at = self._to_be(tokens, at)
        state = at < len(tokens) and tokens[at].text in STATES and self._ends(tokens, at + 1)
        return state or bool(self.duty.base(tokens, at))

    def _to_be(self, tokens: Tokens, at: int) -> int:
        """Where ``to be`` ends that may stand at a position."""
        return at + 2 if self.form.said(tokens[at : at + 2]) == "to be" else at

    def _ends(self, tokens: Tokens, at: int) -> bool:
        """Whether a wish ends at a position, or only says when and why."""
        return at >= len(tokens) or tokens[at].text in LINKS or self.duty.longest(GOING, tokens, at) > 0

    def _done(self, tokens: Tokens, wish: Wish) -> Tokens:
        """The order to do something with a thing; nothing where the words are none."""
        end = self._noun(tokens, 0)
        if not end or not self._predicate(tokens, end):
            return ()
        what = self._owned(tokens[:end], wish)
        at = self._to_be(tokens, end)
        if tokens[at].text in STATES and not self.duty.base(tokens, at):
            verb = {"open": "open", "closed": "close", "shut": "close"}.get(tokens[at].text)
            words = verb or f"switch {tokens[at].text}"
            return (*self.form.words(words, tokens[at]), *what, *tokens[at + 1 :])
        rest = tokens[at + 1 :]
        verb_ = tokens[at].read_as(self.duty.base(tokens, at))
        if wish.who:
            himself = {"him", "her", "them"}
            rest = tuple(one for token in rest for one in (wish.who if token.text in himself else (token,)))
        return (verb_, *what, *rest)

    def _owned(self, words: Tokens, wish: Wish) -> Tokens:
        """A thing with the name of the one who wishes where it is said to be his: ``his pulse``."""
        if not wish.who or words[0].text not in WHOSE or wish.who[0].text in WHOSE.values():
            return words
        last = wish.who[-1]
        return (*wish.who[:-1], last.read_as(f"{last.text}'s"), *words[1:])

    def _led(self, tokens: Tokens, wish: Wish) -> Tokens:
        """The order to bring somebody to where he wants to go; nothing where that is no place."""
        begin = self.duty.longest(LED, tokens, 0)
        goal = self.form.noun(tokens, begin) if begin and wish.who else None
        if goal is None or not goal[1].ids or not goal[1].ids <= self.form.places or not self._ends(tokens, goal[0]):
            return ()
        return (*self.form.words("guide", tokens[0]), *wish.who, *self.form.words("to", tokens[0]), *tokens[begin:])

    def _given(self, tokens: Tokens, wish: Wish) -> Tokens:
        """The order to bring somebody what he wishes; nothing where that is no thing, or nobody is named."""
        if not wish.who or not tokens:
            return ()
        found = self.form.noun(tokens, 0)
        end = 1 if tokens[0].text == "them" else found[0] if found is not None else 0
        somebody = found is not None and self.form.person(found[1])
        if not end or not self._ends(tokens, end) or somebody:
            return ()
        bring, to = self.form.words("bring", tokens[0]), self.form.words("to", tokens[0])
        return (*bring, *tokens[:end], *to, *wish.who, *tokens[end:])
