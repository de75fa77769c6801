"""SelfCorrection: marks what is said instead of an order, in the same or the next sentence, as the grammar reads it."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.answers import FORBIDDEN, Answer
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, PAUSES, STOPS, past, past_end, unlinked

INSTEAD = "no ,"
"""Words before what is said instead."""


@dataclass(slots=True)
class SelfCorrection:
    """Marks corrections, and removes orders that are taken back.

    Attributes:
        form: Finds orders and noun phrases.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns a text with each correction behind the same words; the answer if no order is left."""
        at = 2
        while at < len(tokens):
            cancelled = self._cancelled(tokens, at)
            if cancelled is not None:
                return cancelled if isinstance(cancelled, Answer) else self.rewrite(cancelled)
            tokens, at = self._corrected(tokens, at) or (tokens, at)
            at += 1
        return tokens

    def _corrected(self, tokens: Tokens, at: int) -> tuple[Tokens, int] | None:
        """The text with a correction at a position behind the same words, and where that ends; None for none."""
        marked = self._marked(tokens, at)
        begin = self._last_order(tokens, at) if marked is not None else None
        if marked is None or begin is None:
            return None
        end, soft = marked
        stop = next((k for k in range(end, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        new = self._instead(tokens[begin:at], _trimmed(tokens[end:stop], self.form.wording.polite_end), soft)
        if new and self._left_be(new):
            first = next(k for k in range(len(new)) if new[k].text in LINKS)
            return (*tokens[:begin], *unlinked(new[first:]), *tokens[stop:]), begin
        if new:
            said = self.form.words(INSTEAD, tokens[at])
            return (*tokens[:at], *said, *new, *tokens[stop:]), at + len(said) + len(new)
        if soft and self.form.begins(tokens, end):
            return (*tokens[:at], *tokens[end:]), at  # "sorry, could you also …"
        return None

    def _instead(self, old: Tokens, new: Tokens, soft: bool) -> Tokens:
        """What is said instead, without what it is not; empty where the words correct nothing.

        Args:
            old: The order before.
            new: The words after those that mark a correction.
            soft: Whether these may mean something else.
        """
        if self._left_be(new):
            return new
        if new and new[0].text == "not":
            cut = next((k for k in range(1, len(new)) if new[k].text in (",", "but")), len(new))
            new = unlinked(new[cut:])
        verb = self.form.verb_of(new, 0)
        if verb is not None and new[verb].text not in WORDS.no_order:
            said = {token.text for token in new}
            again = {"it", "them", "him", "her"} & said or new[verb].text in {token.text for token in old[:2]}
            return () if soft and (not again or WORDS.adding & said) else new
        return self._fragment(old, new) if new else ()

    def _fragment(self, old: Tokens, new: Tokens) -> Tokens:
        """A place, person, object, amount or particle that is said instead of one in an order; empty for others."""
        between = self.form.lexicon.prepositions.longest(new, 0)
        starts = {0, between[0] if between is not None else 0}
        end = max((found[0] for at in starts if at < len(new) and (found := self.form.noun(new, at))), default=0)
        if 0 < end < len(new) - 1 and new[end].text == "," and self.form.lexicon.prepositions.longest(new, end + 1):
            return (*new[:end], *new[end + 1 :])  # "take the red box, no, the blue one, to Ana"
        word = len(new) == 1 and new[0].text in self.form.wording.opposite
        counted = self._measured(new) == len(new) and any(self._measured(old[k:]) for k in range(len(old)))
        return new if word or counted or end == len(new) else ()

    def _measured(self, words: Tokens) -> int:
        """The end of the amount that words begin with: ``to seventy``, ``make it 45``; 0 for none."""
        lead = next((len(one) for one in (("make", "it"), ("make", "that"), ("to",), ("at",))
                     if tuple(token.text for token in words[: len(one)]) == one), 0)  # fmt: skip
        found = self.form.quantities.amount(words, lead) if lead < len(words) else []
        return max((end for end, _ in found), default=0)

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
                thing = any(self.form.noun(rest, one) for one in range(len(rest)))
                if named is None or not (k and tokens[k - 1].text == "and") or thing:
                    return k
            if tokens[k].text in STOPS:
                return None
        return None

    def _left_be(self, new: Tokens) -> bool:
        """Whether an order is cancelled and another follows: ``leave it and …``."""
        end = self.form.at("left_be", new, 0)
        return end is not None and end + 1 < len(new) and new[end].text in LINKS


def _trimmed(tokens: Tokens, polite: frozenset[str]) -> Tokens:
    """Words without politeness and phrases of correction at their end."""
    tokens = unlinked(tokens)
    while tokens and (tokens[-1].text in polite or tokens[-1].text in LINKS or _texts(tokens[-2:]) in WORDS.meaning):
        tokens = tokens[: -2 if _texts(tokens[-2:]) in WORDS.meaning else -1]
    return tokens


def _texts(tokens: Tokens) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)
