"""Parallel: finds two concurrent orders in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from skill_stack.core.steps import Both, Part, lasting, steps_of
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import LINKS, STOPS, Token, begun, ended, past, past_end, unlinked

Tokens = tuple[Token, ...]


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
                yield from self._linked(tokens, at, found[0], verbs, found[1] == "while")
                if found[1] == "meanwhile":
                    yield from self._and(tokens, at, found[0])
                return

    def _linked(self, tokens: Tokens, at: int, end: int, verbs: Callable[[int], bool], sure: bool) -> Iterator[Beside]:
        """``X while Y``, ``X, and meanwhile Y``, ``while Y, X``."""
        begin, end = begun(tokens, past_end(tokens[:at], LINKS)), past(tokens, end, (",", ":"))
        stop = ended(tokens, end)
        if main := unlinked(tokens[begin:at]):
            yield _beside(tokens, begin, main, tokens[end:stop], stop, sure)
            return
        last = ended(tokens, stop + 1) if stop < len(tokens) and tokens[stop].text == "," else stop
        cuts = [(stop, last)] if last > stop + 1 else []
        cuts += [(k, stop) for k in range(end + 1, stop)  # "while you walk to the ball close your hand"
                 if verbs(k) and tokens[k - 1].text not in ("and", "to", "you")]  # fmt: skip
        yield from (_beside(tokens, at, tokens[cut:to], tokens[end:cut], to, sure, True) for cut, to in cuts)

    def _and(self, tokens: Tokens, at: int, end: int) -> Iterator[Beside]:
        """``X and Y at the same time``, ``at the same time X and Y``."""
        begin, stop = begun(tokens, at, STOPS), ended(tokens, end, STOPS | {"then"})
        words = unlinked(tokens[begin:at]) + unlinked(tokens[end:stop])
        words = words[1:] if words[:1] and words[0].text == "both" else words
        for middle in range(1, len(words) - 1):
            if words[middle].text in ("and", "&"):
                yield _beside(tokens, begin, words[:middle], words[middle + 1 :], stop)


def _beside(
    tokens: Tokens, begin: int, main: Tokens, other: Tokens, end: int, sure: bool = True, fronted: bool = False
) -> Beside:
    before, main, other, after = map(unlinked, (tokens[:begin], main, other, tokens[end:]))
    return Beside(before, main, other, after, tokens[begin:end], sure, fronted)


def instruction(tokens: Tokens) -> Tokens:
    """Removes the subject of a subordinate clause: ``walking`` of ``you are walking``."""
    words = tuple(token.text for token in tokens)
    found = (one for one in WORDS.subordinate_subjects if words[: len(one)] == one and len(words) > len(one))
    skip = len(next(found, ()))
    return instruction(tokens[skip:]) if skip else tokens


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
