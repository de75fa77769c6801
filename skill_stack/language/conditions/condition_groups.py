"""Condition groups: conditions with conjunctions (``and``, ``or``, ``neither … nor``) and quantifiers (``both``,
``any``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.world.fact import Literal, negated
from skill_stack.language.answers import Answer
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import Token, past

Tokens = Sequence[Token]
Group = tuple[Literal, ...]
Groups = tuple[Group, ...]
"""Disjunctive normal form: one of the groups must hold, with all of its literals."""

MOST_PARTS = 6
"""Conjunctions in one condition at most."""


@dataclass(slots=True)
class ConditionGroups:
    """Reads compound conditions.

    Attributes:
        reader: Reads single conditions.
        nouns: Parses noun phrases of the same tokens.
        ends: Whether a condition may end at a position.
        spoken: Earlier mentions; subjects of the condition are added.
        things: Ids of the scene.
    """

    reader: ConditionReader
    nouns: NounParser
    ends: Callable[[int], bool]
    spoken: list[str]
    things: frozenset[str]

    def read(self, tokens: Tokens) -> tuple[int, Groups] | Answer | None:
        """Returns the end and the groups of a condition; the answer if a noun in it is ambiguous, None if no fact can
        express it.

        Args:
            tokens: The condition with all that follows.
        """
        before = list(self.spoken)
        either = bool(tokens) and tokens[0].text in ("either", "both") and not self._quantified(tokens, 0)
        first = self._part(tokens, int(either), ())
        if first is None or isinstance(first, Answer):
            return first
        at, groups = first
        for _ in range(MOST_PARTS):
            self._remember(groups, before)
            at, link = _link(tokens, at)
            if link not in ("and", "or"):
                break
            so_far = tuple(literal for group in groups for literal in group)
            more = self._part(tokens, at + 1, so_far)
            if isinstance(more, Answer):
                return more
            if more is None:
                break
            at = more[0]
            groups = (*groups, *more[1]) if link == "or" else _both(groups, more[1])
        return (at, groups) if self.ends(at) else None

    def _part(self, tokens: Tokens, at: int, before: Group) -> tuple[int, Groups] | Answer | None:
        """One condition, or one over several objects."""
        several = self._quantified(tokens, at) or self._coordinated(tokens, at)
        if several is not None:
            return several
        read = self.reader.read(tokens, at, before)
        if isinstance(read, Answer):
            return read
        return next(((end, ((one,),)) for end, one in read if self._may_end(tokens, end)), None)

    def _may_end(self, tokens: Tokens, at: int) -> bool:
        """Whether a condition may end at a position, or a conjunction follow."""
        return self.ends(at) or (at < len(tokens) and tokens[at].text in ("or", "and"))

    def _coordinated(self, tokens: Tokens, at: int) -> tuple[int, Groups] | Answer | None:
        """A predicate of two subjects: ``the door or the window is open``, ``neither the lamp nor the tv is on``."""
        neither = at < len(tokens) and tokens[at].text == "neither"
        start = at + 1 if neither or (at < len(tokens) and tokens[at].text in ("either", "both")) else at
        for end, noun in self.nouns.parse(tokens, start):
            link = tokens[end].text if end < len(tokens) else ""
            if noun.role not in ("thing", "pronoun") or link not in ("or", "nor", "and"):
                continue
            if any(token.text in WORDS.copulas for token in tokens[start:end]):
                continue  # "the door is open or the lamp is on" has two predicates
            shared = self._shared(tokens, start, end)
            if isinstance(shared, Answer):
                return shared
            if shared is not None:
                return shared[0], _combined(shared[1], "nor" if neither else link)
        return None

    def _shared(self, tokens: Tokens, start: int, end: int) -> tuple[int, Group] | Answer | None:
        """The literals of two subjects with a common predicate, and their end.

        Args:
            tokens: The condition.
            start: Where the first subject begins.
            end: Position of the conjunction after it.
        """
        for stop, other in self.nouns.parse(tokens, end + 1):
            read = self.reader.read(tokens, end + 1) if other.role == "thing" else []
            if isinstance(read, Answer):
                return read
            for last, second in read:
                if last <= stop or not self._may_end(tokens, last):
                    continue
                joined = [*tokens[start:end], *tokens[stop:last]]
                again = self.reader.again(joined)
                if isinstance(again, Answer):
                    return again
                first = [one for far, one in again if far == len(joined)]
                if first:
                    return last, (first[0], second)
        return None

    def _quantified(self, tokens: Tokens, at: int) -> tuple[int, Groups] | Answer | None:
        """A predicate of a quantified subject: ``neither gate is open``, ``all lamps are off``."""
        texts = [token.text for token in tokens[at : at + 3]]
        word = texts[0] if texts else ""
        kind = self.reader.quantifiers.get(word)
        if kind is None:
            return None
        start = at + 1
        start = past(tokens, start, WORDS.after_quantifier)
        for end, noun in self.nouns.parse(tokens, start):
            if noun.role != "thing" or noun.ids is None or not self._follows(tokens, end):
                continue
            found = self.reader.of_each(tokens, end, noun)
            if isinstance(found, Answer):
                return found
            for last, literals in found:
                if self._may_end(tokens, last):
                    return last, _combined(literals, kind)
        return None

    def _follows(self, tokens: Tokens, at: int) -> bool:
        """Whether a verb follows the subject."""
        return at < len(tokens) and tokens[at].text in WORDS.quantified_verbs

    def _remember(self, groups: Groups, before: list[str]) -> None:
        """Adds the subjects of the condition to the mentions, as antecedents of ``it``."""
        literals = [literal for group in groups for literal in group]
        things = [[name for name in one.arguments if name in self.things] for one in literals]
        about = [names[0] for names in things if names]  # the subject only: the cup in "the cup is on the table"
        self.spoken[:] = [*before, *about]


def _link(tokens: Tokens, at: int) -> tuple[int, str]:
    """The word at a position, or the ``or`` after a comma there, with its position."""
    texts = [token.text for token in tokens[at : at + 2]]
    return (at + 1, "or") if texts == [",", "or"] else (at, texts[0] if texts else "")


def _combined(literals: Sequence[Literal], link: str) -> Groups:
    """Literals joined by a conjunction."""
    if link == "or":
        return tuple((literal,) for literal in literals)
    if link == "nor":
        return (tuple(negated(literal) for literal in literals),)
    return (tuple(literals),)


def _both(groups: Groups, more: Groups) -> Groups:
    """The conjunction of two disjunctions."""
    return tuple((*one, *other) for one in groups for other in more)
