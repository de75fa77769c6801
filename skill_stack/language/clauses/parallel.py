"""Parallel: finds two concurrent orders in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from skill_stack.core.steps import Both, Part, lasting, steps_of
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import LINKS, PAUSES, STOPS, Token, past, past_end, unlinked

Tokens = tuple[Token, ...]

_MARKS = PAUSES | {"then"}


@dataclass(frozen=True, slots=True)
class Beside:
    """Two concurrent orders.

    Attributes:
        before: Words before them.
        main: The main clause.
        other: The subordinate or second clause.
        after: Words after them.
        words: All words of both.
        sure: Whether the words have no other meaning; ``as you walk`` may be a remark.
        fronted: Whether the subordinate clause comes first.
    """

    before: Tokens
    main: Tokens
    other: Tokens
    after: Tokens
    words: Tokens
    sure: bool = True
    fronted: bool = False


class Togetherness:
    """Finds concurrent orders."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.clauses
        self._kinds = lexicon.grouped({"while": words.while_, "as": words.as_, "meanwhile": words.meanwhile})
        self._at_once = lexicon.table(words.at_once)
        self._nouns = frozenset(words.not_while)

    def readings(self, tokens: Tokens, verbs: Callable[[int], bool]) -> Iterator[Beside]:
        """Yields readings of words as two concurrent orders, likeliest first.

        Args:
            tokens: The words, without politeness.
            verbs: Whether a verb stands at a position.
        """
        for at in range(len(tokens)):
            found, joined = self._kinds.longest(tokens, at), self._at_once.longest(tokens, at)
            if joined is not None and (found is None or joined[0] > found[0]):
                yield from self._and(tokens, at, joined[0])
                return
            if found is not None and not (at and tokens[at - 1].text in self._nouns):
                end, kind = found
                if kind == "meanwhile":
                    yield from self._meanwhile(tokens, at, end) or self._and(tokens, at, end)
                else:
                    yield from self._while(tokens, at, end, verbs, kind == "while")
                return

    def _while(self, tokens: Tokens, at: int, end: int, verbs: Callable[[int], bool], sure: bool) -> Iterator[Beside]:
        """``X while Y``, and ``while Y, X``."""
        begin = _scope(tokens, past_end(tokens[:at], LINKS))
        main = unlinked(tokens[begin:at])
        stop = _sentence(tokens, end)
        if main:
            other = unlinked(tokens[end:stop])
            yield Beside(unlinked(tokens[:begin]), main, other, unlinked(tokens[stop:]), tokens[begin:stop], sure)
            return
        before = unlinked(tokens[:begin])
        last = _sentence(tokens, stop + 1) if stop < len(tokens) and tokens[stop].text == "," else stop
        if last > stop + 1:
            whole = tokens[at:last]
            main, other = unlinked(tokens[stop:last]), unlinked(tokens[end:stop])
            yield Beside(before, main, other, unlinked(tokens[last:]), whole, sure, True)
        for middle in range(end + 1, stop):  # "while you walk to the ball close your hand"
            if verbs(middle) and tokens[middle - 1].text not in ("and", "to", "you"):
                yield Beside(before, tokens[middle:stop], unlinked(tokens[end:middle]), unlinked(tokens[stop:]),
                             tokens[at:stop], sure, True)  # fmt: skip

    def _meanwhile(self, tokens: Tokens, at: int, end: int) -> tuple[Beside, ...]:
        """``X, and meanwhile Y``, also as two sentences."""
        begin = _scope(tokens, past_end(tokens[:at], LINKS))
        end = past(tokens, end, (",", ":"))
        stop = _sentence(tokens, end)
        main, other = unlinked(tokens[begin:at]), unlinked(tokens[end:stop])
        if not main or not other:
            return ()
        return (Beside(unlinked(tokens[:begin]), main, other, unlinked(tokens[stop:]), tokens[begin:stop]),)

    def _and(self, tokens: Tokens, at: int, end: int) -> Iterator[Beside]:
        """``X and Y at the same time``, ``at the same time X and Y``."""
        begin, stop = _scope(tokens, at, STOPS), _sentence(tokens, end, STOPS | {"then"})
        words = unlinked(tokens[begin:at]) + unlinked(tokens[end:stop])
        if words[:1] and words[0].text == "both":
            words = words[1:]
        for middle in range(1, len(words) - 1):
            if words[middle].text in ("and", "&"):
                main, other = unlinked(words[:middle]), unlinked(words[middle + 1 :])
                if main and other:
                    yield Beside(unlinked(tokens[:begin]), main, other, unlinked(tokens[stop:]), tokens[begin:stop])


def instruction(tokens: Tokens) -> Tokens:
    """Removes the subject of a subordinate clause: ``walking`` of ``you are walking``."""
    while True:
        words = tuple(token.text for token in tokens)
        skip = next(
            (len(one) for one in WORDS.subordinate_subjects if words[: len(one)] == one and len(words) > len(one)), 0
        )
        if not skip:
            return tokens
        tokens = tokens[skip:]


def side_by_side(main: Iterable[Part], other: Iterable[Part], why: str) -> Both:
    """Makes a parallel part of two lists of steps.

    A branch without an end ends with the other one. If both have an end, both are completed.

    Args:
        main: Steps of the main clause.
        other: Steps of the other clause.
        why: The reason, for the user.
    """
    branches = tuple(main), tuple(other)
    goes_on = [any(lasting(step) for step in steps_of(branch)) for branch in branches]
    return Both(branches, goes_on.index(False) if any(goes_on) and not all(goes_on) else None, why=why)


def _scope(tokens: Tokens, at: int, marks: frozenset[str] = _MARKS) -> int:
    """Where a clause that ends at a position begins: after the last punctuation mark before it."""
    return next((k for k in range(at, 0, -1) if tokens[k - 1].text in marks), 0)


def _sentence(tokens: Tokens, at: int, marks: frozenset[str] = _MARKS) -> int:
    return next((k for k in range(at, len(tokens)) if tokens[k].text in marks), len(tokens))
