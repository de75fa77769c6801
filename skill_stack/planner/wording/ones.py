"""Ones: sentences that call by ``one`` or ``some`` what the sentence before them named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.noun_phrase import PARTITIVES
from skill_stack.planner.wording.order_form import OrderForm, Tokens
from skill_stack.planner.wording.whereabouts import PLACING

Sentence = tuple[Tokens, Tokens]
"""A sentence and the mark that ends it."""

ARTICLES = frozenset("a an some another".split())
"""Words before a thing that is not there yet for who hears of it."""

DEFINITE = frozenset("the my our his her this that".split())
"""Words before a thing that is known."""

WHENCE = frozenset("from off out".split())
"""Words before where something is taken from."""

BESIDE_ONE = frozenset({*PLACING, *WHENCE, "that", "which", "with", "there", "here", "please", ",", "for", "to"})
"""Words that may follow ``one``."""

TAKING = frozenset("take use get fetch grab collect pick".split())
"""Verbs after which it may be said before where something goes."""

WHOM = frozenset("me us him her them to for there here on in into onto".split())
"""Words by which an order says itself where something goes."""


@dataclass(slots=True)
class Ones:
    """Spells out what ``one`` stands for.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, sentences: list[Sentence]) -> list[Sentence]:
        """Sentences in which nothing is called ``one`` that a wish before it names.

        Args:
            sentences: The sentences with their marks.
        """
        out: list[Sentence] = []
        for tokens, mark in sentences:
            his = self._his(out, tokens)
            if his:
                out = [*out[: his[0]], (his[1], mark)]
                continue
            before = out[-1][0] if out else ()
            spelt = (self._wished(before, tokens) or self._lacking(before, tokens)) if before and tokens else ()
            if spelt:
                out[-1] = (spelt, mark)  # the order says all of the wish
            else:
                out.append((tokens, mark))
        return out

    def _wished(self, wish: Tokens, order: Tokens) -> Tokens:
        """An order for what was wished for just before, in the words of the wish; nothing for others."""
        ends = (self.form.at("wishing_for", wish, at) for at in range(len(wish)))
        begin = next((end for end in ends if end is not None), None)
        if begin is None or begin >= len(wish) or not self.form.begins(order, 0):
            return ()
        end = self._thing(wish, begin)
        named = wish[begin].text in ARTICLES
        one = next(self._ones(order) if named else self._it(order), None)
        if not end or one is None or not (named or (wish[begin].text in DEFINITE and self._takes(order))):
            return ()
        thing = wish[begin + 1 : end] if named else wish[begin:end]
        article = (order[one].read_as("the" if order[one].text == "the" else "a"),) if named else ()
        after = one + 2 if order[one].text == "the" else one + 1
        return (*order[:one], *article, *thing, *order[after:], *self._whither(wish, end, order))

    def _his(self, told: list[Sentence], order: Tokens) -> tuple[int, Tokens] | None:
        """Which sentence says what somebody lacks or asked for, and the order for it; None where none does.

        Args:
            told: The sentences before the order.
            order: ``bring him one``, ``bring her some from the cellar``.
        """
        himself = [at for at, one in enumerate(order) if one.text in ("him", "her", "them")]
        if not himself or not told or not self.form.begins(order, 0):
            return None
        for back in (1, 2) if len(told) > 1 and self._where(told[-1][0]) else (1,):
            tokens = told[-back][0]
            names = (end for end, noun in self.form.nouns().parse(tokens, 0) if self.form.person(noun))
            lacks = ((one, begin) for one in names if (begin := self.form.at("lacked", tokens, one)) is not None)
            who, begin = next(lacks, (0, None))
            end = self._thing(tokens, begin) if begin is not None and begin < len(tokens) else 0
            some = next(self._some(order), None) or next(((k, k + 1) for k in self._ones(order)), None)
            if begin is None or not end or some is None or some[0] == himself[0]:
                continue
            first = 1 if tokens[begin].text in ARTICLES | DEFINITE | {"the"} else 0
            thing = (order[0].read_as("the"), *tokens[begin + first : end])
            spelt = (*order[: some[0]], *thing, *order[some[1] :])
            at = next(k for k, one in enumerate(spelt) if one.text in ("him", "her", "them"))
            return len(told) - back, (*spelt[:at], *tokens[:who], *spelt[at + 1 :])
        return None

    def _where(self, tokens: Tokens) -> bool:
        """Whether a sentence only says where somebody is: ``he is in the cellar``."""
        texts = [token.text for token in tokens[:2]]
        return len(texts) == 2 and texts[0] in ("he", "she", "they") and texts[1] in ("is", "are", "sits", "stands")

    def _whither(self, wish: Tokens, end: int, order: Tokens) -> Tokens:
        """Where goes what an order only says is to be taken: to where it was wished for, or to who wishes for it."""
        if not self._takes(order):
            return ()
        if end < len(wish) and wish[end].text in ("on", "in", "under", "onto", "into"):
            return (*self.form.words("and put it", order[0]), *wish[end:])
        own = wish[0].text in ("i", "we") and end == len(wish)
        return self.form.words("and bring it to me", order[0]) if own else ()

    def _it(self, order: Tokens) -> Iterator[int]:
        """Where ``it`` or ``them`` is taken from somewhere."""
        pairs = zip(order, order[1:], strict=False)
        yield from (at for at, (one, two) in enumerate(pairs) if one.text in ("it", "them") and two.text in WHENCE)

    def _ones(self, order: Tokens) -> Iterator[int]:
        """Where ``the one`` or ``one`` stands for a thing."""
        for at, token in enumerate(order):
            if token.text != "one" or (at + 1 < len(order) and order[at + 1].text not in BESIDE_ONE):
                continue
            if at and order[at - 1].text == "the":
                yield at - 1
            elif at and order[at - 1].text not in ("that", "this", "which", "other", "number", "no"):
                yield at

    def _takes(self, order: Tokens) -> bool:
        """Whether an order only says what is to be taken, and not where it goes."""
        verb = self.form.verb_of(order, 0)
        return verb is not None and order[verb].text in TAKING and not WHOM & {one.text for one in order}

    def _thing(self, tokens: Tokens, at: int) -> int:
        """Where the thing ends that begins at a position, without where it is or what it is for; 0 for none."""
        found = self.form.nouns().parse(tokens, at)
        ends = [end for end, noun in found if noun.role == "thing" and noun.ids and not noun.relations]
        return max(ends, default=0)

    def _lacking(self, told: Tokens, order: Tokens) -> Tokens:
        """An order for some of what was said to be used up, in the words of that; nothing for others."""
        begin = self.form.at("lacking", told, 0)
        end = self._thing(told, begin) if begin is not None and begin < len(told) else 0
        some = next(self._some(order), None)
        if begin is None or not end or some is None or not self.form.begins(order, 0):
            return ()
        place = told[end:] if end < len(told) and told[end].text in PLACING else ()
        rest = order[some[1] :]
        there = next((k for k, one in enumerate(rest) if one.text == "there"), None)
        if there is not None and place:
            rest = (*rest[:there], *place, *rest[there + 1 :])
        return (*order[: some[0]], order[0].read_as("the"), *told[begin:end], *rest)

    def _some(self, order: Tokens) -> Iterator[tuple[int, int]]:
        """Where words for some of something begin and end: ``some``, ``a stack of them``."""
        for at in range(1, len(order)):
            texts = [token.text for token in order[at : at + 4]]
            if (
                texts[:1] in (["a"], ["another"])
                and texts[1:2]
                and texts[1] in PARTITIVES
                and texts[2:] in (["of", "them"], ["of", "it"])
            ):
                yield at, at + 4
            end = self.form.at("some_of_it", order, at)
            if end is not None and (end == len(order) or order[end].text in BESIDE_ONE):
                yield at, end
            if texts[0] in ("them", "it"):
                yield at, at + 1
