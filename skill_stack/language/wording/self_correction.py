"""SelfCorrection: applies a correction in the same or the next sentence to the corrected order."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.answers import FORBIDDEN, Answer
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.object_naming import ObjectNaming
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, PAUSES, STOPS, past, past_end, unlinked


@dataclass(slots=True)
class SelfCorrection:
    """Applies corrections to the orders before them.

    Attributes:
        form: Finds orders and noun phrases.
    """

    form: OrderForm

    @property
    def naming(self) -> ObjectNaming:
        return ObjectNaming(self.form)

    @property
    def _laying(self) -> frozenset[str]:
        return self.form.lexicon.skill_names.laying

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns a text with its corrections applied; the answer if no order is left."""
        for at in range(2, len(tokens)):
            cancelled = self._cancelled(tokens, at)
            if cancelled is not None:
                return cancelled if isinstance(cancelled, Answer) else self.rewrite(cancelled)
            marked = self._marked(tokens, at)
            begin = self._last_order(tokens, at) if marked is not None else None
            if marked is None or begin is None:
                continue
            end, soft = marked
            stop = next((k for k in range(end, len(tokens)) if tokens[k].text in STOPS), len(tokens))
            new = _trimmed(tokens[end:stop], self.form.wording.polite_end)
            corrected = self._corrected(tokens, (begin, at), new, soft)
            if corrected:
                return self.rewrite((*corrected, *tokens[stop:]))
            if soft and WORDS.adding & {token.text for token in new} and self.form.begins(new, 0):
                return (*tokens[:at], *tokens[end:])  # "sorry, could you also …"
            if self.form.said(tokens[at:end]) not in ("no", "no ,") and self._bare(new):
                return (*tokens[:at], *self.form.words("no ,", tokens[at]), *new, *tokens[stop:])
        return tokens

    def _corrected(self, tokens: Tokens, order: tuple[int, int], new: Tokens, soft: bool) -> Tokens:
        """The text up to a correction, with it applied to an order or to the one before; empty if it fits neither.

        Args:
            tokens: The text.
            order: Begin and end of the order.
            new: The correction.
            soft: Whether the words that mark it may mean something else.
        """
        begin, at = order
        old = unlinked(tokens[begin:at])
        moved = self._moved(old, new)
        if moved:
            return (*tokens[:begin], *moved)
        earlier = self._last_order(tokens, begin) if begin > 2 else None
        if earlier is not None and self._names(tokens[earlier:begin], new) and not self._names(old, new):
            instead = self._order(unlinked(tokens[earlier:begin]), new, soft)
            return (*tokens[:earlier], *instead, *self.form.words(", then", tokens[at]), *old) if instead else ()
        instead = self._order(old, new, soft) or self._fragment(old, new)
        return (*tokens[:begin], *instead) if instead else ()

    def _cancelled(self, tokens: Tokens, at: int) -> Tokens | Answer | None:
        """The text without an order that words at a position cancel; the answer if no order is left, None if they
        cancel none.
        """
        if tokens[at - 1].text not in PAUSES and tokens[at - 1].text not in ("no", "but"):
            return None
        end = at
        while end < len(tokens) and (found := self._taken(tokens, end)) is not None:
            end = found
        whole = any(self.form.at("cancelling", tokens, k) == end for k in range(at, end))
        over = end == len(tokens) or tokens[end].text in STOPS
        begin = self._last_order(tokens, at) if whole and over else None
        if begin is None:
            return None
        rest = (*unlinked(tokens[:begin]), *tokens[end:])
        starts = (k for k in range(len(rest)) if not k or rest[k - 1].text in LINKS)
        if not any(self.form.begins(rest, k) for k in starts):
            return Answer("statement", FORBIDDEN)
        return rest

    def _taken(self, tokens: Tokens, at: int) -> int | None:
        """The end of words that cancel an order, with a comma after them; None for other words."""
        ends = [self.form.at(name, tokens, at) for name in ("cancelling", "taking_back")]
        best = max((end for end in ends if end is not None), default=None)
        if best is None:
            return at + 1 if tokens[at].text in WORDS.beside_cancelling else None
        return best

    def _names(self, order: Tokens, new: Tokens) -> bool:
        """Whether an order and a correction name a common object."""
        ids = {name for _, _, noun in self.naming.nouns(new) for name in noun.ids or ()}
        return bool(ids & {name for _, _, noun in self.naming.nouns(order) for name in noun.ids or ()})

    def _moved(self, old: Tokens, new: Tokens) -> Tokens:
        """``take the blue box to Ana`` of ``take the red box, no, the blue one, to Ana``; empty for others."""
        noun = self.form.noun(new, 0) if new else None
        comma = noun is not None and noun[0] + 1 < len(new) and new[noun[0]].text == ","
        if noun is None or not comma or not self.form.lexicon.prepositions.longest(new, noun[0] + 1):
            return ()
        if self.form.begins(new, noun[0] + 1):
            return ()
        for begin, end, thing in self.naming.nouns(old):
            if begin and thing.role == "thing" and self.form.person(thing) == self.form.person(noun[1]):
                words = (old[end - 1] if one.text == "one" else one for one in new[: noun[0]])  # "the green one"
                return (*old[:begin], *words, *old[end:], *new[noun[0] + 1 :])
        return ()

    def _bare(self, new: Tokens) -> bool:
        """Whether a correction is a single noun phrase."""
        noun = self.form.noun(new, 0) if new else None
        return noun is not None and noun[0] == len(new)

    def _marked(self, tokens: Tokens, at: int) -> tuple[int, bool] | None:
        """The end of words that mark a correction, and whether they may mean something else; None if none."""
        if tokens[at - 1].text not in PAUSES and tokens[at].text != "or":
            return None
        end, soft = at, True
        while end < len(tokens):
            found = self.form.table("taking_back").longest(tokens, end)
            if found is None:
                break
            soft = soft and found[1] in self.form.wording.soft
            end = found[0]
            paused = end < len(tokens) and (tokens[end].text in (",", "the", *STOPS) or self._marks(tokens, end))
            if self.form.said(tokens[at:end]) == "no" and not paused:
                return None  # "no rush"
            end = past(tokens, end, PAUSES)
        return (end, soft) if at < end < len(tokens) else None

    def _marks(self, tokens: Tokens, at: int) -> bool:
        """Whether words that mark a correction begin at a position."""
        return self.form.at("taking_back", tokens, at) is not None

    def _last_order(self, tokens: Tokens, at: int) -> int | None:
        """Where the last order of the sentence before a position begins, or None."""
        last = max(0, past_end(tokens[:at], PAUSES) - 1)
        for k in range(last, -1, -1):
            first = k == 0 or tokens[k - 1].text in LINKS
            if first and tokens[k].text not in LINKS and self.form.begins(tokens, k):
                named = self.form.noun(tokens, k)
                rest = tokens[k + 1 : last + 1]
                if named is None or not (k and tokens[k - 1].text == "and") or self.naming.thing(rest):
                    return k
            if tokens[k].text in STOPS:
                return None
        return None

    def _order(self, old: Tokens, new: Tokens, soft: bool) -> Tokens:
        """An order that replaces another, with antecedents for its pronouns; empty if it is none."""
        if self._left_be(new):
            at = next(k for k in range(len(new)) if new[k].text in LINKS)
            return unlinked(new[at:])
        verb, before = self.form.verb_of(new, 0), self.form.verb_of(old, 0)
        if verb is None or before is None or new[verb].text in WORDS.no_order or not self.naming.thing(new[verb + 1 :]):
            return ()
        if verb == 0 and self.form.noun(new, 0) is not None and new[0].text not in self._laying:
            return ()
        said = {token.text for token in new}
        again = {"it", "them", "him", "her"} & said or new[verb].text == old[before].text
        if soft and (not again or WORDS.adding & said):
            return ()
        return self.naming.named(old, new)

    def _left_be(self, new: Tokens) -> bool:
        """Whether an order is cancelled and another follows: ``leave it and …``."""
        end = self.form.at("left_be", new, 0)
        return end is not None and end + 1 < len(new) and new[end].text in LINKS

    def _fragment(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with a place, person, object or particle replaced by a correction."""
        if new and new[0].text == "not":
            cut = next((k for k in range(1, len(new)) if new[k].text in (",", "but")), len(new))
            new = unlinked(new[cut:])
        if not new:
            return ()
        if len(new) == 1 and (new[0].text in self.form.wording.opposite or new[0].number is not None):
            return self._one_word(old, new) or self._much(old, new)
        return self._much(old, new) or self._elsewhere(old, new)

    def _elsewhere(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with another destination or recipient: ``to Ana``; empty for other words."""
        between = self.form.lexicon.prepositions.longest(new, 0)
        noun = self.form.noun(new, between[0]) if between is not None and between[0] < len(new) else None
        if noun is None or noun[1].role != "thing":
            return ()
        rest = new[noun[0] :]  # "to Ana over in the garden"
        where = bool(rest) and rest[0].text in self.form.wording.whereabouts
        if where and self.form.person(noun[1]) and not any(one.text in LINKS for one in rest):
            new, rest = new[: noun[0]], ()
        return () if rest else self._placed(old, new, noun[1])

    def _much(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with another amount: ``set it to fifty degrees. Sorry, to seventy``; empty for other words."""
        lead = next((len(one) for one in (("make", "it"), ("make", "that"), ("to",), ("at",))
                     if tuple(token.text for token in new[: len(one)]) == one), 0)  # fmt: skip
        ends = [end for end, _ in self.form.quantities.amount(new, lead)] if lead < len(new) else []
        if max(ends, default=0) != len(new):
            return ()
        for at in range(1, len(old)):
            found = sorted({end for end, _ in self.form.quantities.amount(old, at)})
            if found:
                return (*old[:at], *new[lead:], *(old[found[0] :] if len(ends) < len(found) else old[found[-1] :]))
        return ()

    def _one_word(self, old: Tokens, new: Tokens) -> Tokens:
        """An order with another particle or number: ``switch it on, no, off``, ``wait ten seconds, no, 20``."""
        word = new[0]
        like = [k for k in range(len(old)) if old[k].text == self.form.wording.opposite.get(word.text)]
        if word.number is not None:
            numbers = self.form.lexicon.quantities.numbers
            like = [k for k in range(len(old)) if old[k].number is not None or old[k].text in numbers]
        return (*old[: like[-1]], word, *old[like[-1] + 1 :]) if len(like) == 1 else ()

    def _placed(self, old: Tokens, new: Tokens, noun: Noun) -> Tokens:
        """An order with its destination or recipient replaced."""
        goals = list(self.naming.goals(old, new[0].text))
        if not goals:
            return ()
        same = [one for one in goals if old[one[0]].text == new[0].text]
        begin, end = (same or goals)[0]
        rest = () if any(one[0] >= end for one in goals) else old[end:]  # "the shelf in the hall" is one place
        verb = self.form.verb_of(old, 0) or 0
        first = old[verb]
        if self.form.person(noun) and first.text in self._laying:
            first = first.read_as("give")
        if not self.form.person(noun) and first.text in WORDS.handing:
            first = first.read_as("put")
        return (*old[:verb], first, *old[verb + 1 : begin], *new, *rest)


def _trimmed(tokens: Tokens, polite: frozenset[str]) -> Tokens:
    """Words without politeness and phrases of correction at their end."""
    tokens = unlinked(tokens)
    while tokens and (tokens[-1].text in polite or tokens[-1].text in LINKS or _texts(tokens[-2:]) in WORDS.meaning):
        tokens = tokens[: -2 if _texts(tokens[-2:]) in WORDS.meaning else -1]
    return tokens


def _texts(tokens: Tokens) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)
