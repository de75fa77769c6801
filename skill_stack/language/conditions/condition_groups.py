"""Condition groups: conditions with ``and``, ``or``, ``neither … nor`` and words such as ``both`` and ``any``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.world.fact import Literal, negated
from skill_stack.language.answers import Answer
from skill_stack.language.conditions.conditions import COPULAS, ConditionReader
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]
Group = tuple[Literal, ...]
Groups = tuple[Group, ...]
"""Of several groups one must hold; of a group everything."""

MOST_PARTS = 6
"""Conditions that one group may be made of."""


@dataclass(slots=True)
class ConditionGroups:
    """Reads what a branch depends on.

    Attributes:
        reader: Reads single conditions.
        nouns: Reads nouns of the same tokens.
        ends: Whether a condition may end at a position.
        spoken: What was spoken of; what a condition is about is added.
        things: Names of the scene.
    """

    reader: ConditionReader
    nouns: NounParser
    ends: Callable[[int], bool]
    spoken: list[str]
    things: frozenset[str]

    def read(self, tokens: Tokens) -> tuple[int, Groups] | None:
        """The groups from the beginning of some tokens, and where they end; None when no fact says so.

        Args:
            tokens: The condition with all that follows.
        """
        before = list(self.spoken)
        either = bool(tokens) and tokens[0].text in ("either", "both") and not self._quantified(tokens, 0)
        first = self._part(tokens, int(either), ())
        if first is None:
            return None
        at, groups = first
        for _ in range(MOST_PARTS):
            self._remember(groups, before)
            link = tokens[at].text if at < len(tokens) else ""
            comma = link == "," and at + 1 < len(tokens) and tokens[at + 1].text == "or"
            if comma:
                at, link = at + 1, "or"
            if link not in ("and", "or"):
                break
            so_far = tuple(literal for group in groups for literal in group)
            more = self._part(tokens, at + 1, so_far)
            if more is None:
                break
            at = more[0]
            groups = (*groups, *more[1]) if link == "or" else _both(groups, more[1])
        return (at, groups) if self.ends(at) else None

    def _part(self, tokens: Tokens, at: int, before: Group) -> tuple[int, Groups] | None:
        """One condition, or one over several things."""
        several = self._quantified(tokens, at) or self._coordinated(tokens, at)
        if several is not None:
            return several
        found = [one for one in self.reader.read(tokens, at, before) if self._may_end(tokens, one[0])]
        return (found[0][0], ((found[0][1],),)) if found else None

    def _may_end(self, tokens: Tokens, at: int) -> bool:
        """Whether a condition may end here, or another one follow."""
        return self.ends(at) or (at < len(tokens) and tokens[at].text in ("or", "and"))

    def _coordinated(self, tokens: Tokens, at: int) -> tuple[int, Groups] | None:
        """The same of two things: ``the door or the window is open``, ``neither the lamp nor the tv is on``."""
        neither = at < len(tokens) and tokens[at].text == "neither"
        start = at + 1 if neither or (at < len(tokens) and tokens[at].text in ("either", "both")) else at
        for end, noun in self.nouns.parse(tokens, start):
            link = tokens[end].text if end < len(tokens) else ""
            if noun.role not in ("thing", "pronoun") or link not in ("or", "nor", "and"):
                continue
            if any(token.text in COPULAS for token in tokens[start:end]):
                continue  # "the door is open or the lamp is on" says two things
            shared = self._shared(tokens, start, end)
            if shared is not None:
                return shared[0], _combined(shared[1], "nor" if neither else link)
        return None

    def _shared(self, tokens: Tokens, start: int, end: int) -> tuple[int, Group] | None:
        """What is said of a thing and of the one after the link behind it, and where that ends.

        Args:
            tokens: The condition.
            start: Where the first thing begins.
            end: Where it ends, and the link stands.
        """
        for stop, other in self.nouns.parse(tokens, end + 1):
            for last, second in self.reader.read(tokens, end + 1) if other.role == "thing" else ():
                if last <= stop or not self._may_end(tokens, last):
                    continue
                joined = [*tokens[start:end], *tokens[stop:last]]
                first = [one for far, one in self.reader.again(joined) if far == len(joined)]
                if first:
                    return last, (first[0], second)
        return None

    def _quantified(self, tokens: Tokens, at: int) -> tuple[int, Groups] | None:
        """The same of all, any or none of some things: ``neither gate is open``, ``all lamps are off``."""
        texts = [token.text for token in tokens[at : at + 3]]
        word = texts[0] if texts else ""
        kind = self.reader.quantifiers.get(word)
        if kind is None:
            return None
        start = at + 1
        while start < len(tokens) and tokens[start].text in ("of", "the", "these", "those"):
            start += 1
        for end, noun in self.nouns.parse(tokens, start):
            if noun.role != "thing" or noun.ids is None or not self._follows(tokens, end):
                continue
            found = self.reader.of_each(tokens, end, noun)
            for last, literals in found:
                if self._may_end(tokens, last):
                    return last, _combined(literals, kind)
        return None

    def _follows(self, tokens: Tokens, at: int) -> bool:
        """Whether what is said of the things follows, and no other thing."""
        return at < len(tokens) and tokens[at].text in ("is", "are", "has", "have", "was", "were")

    def _remember(self, groups: Groups, before: list[str]) -> None:
        """What the condition is about comes last: ``it`` is that."""
        literals = [literal for group in groups for literal in group]
        things = [[name for name in one.arguments if name in self.things] for one in literals]
        about = [names[0] for names in things if names]  # of "the cup is on the table" it is the cup that is spoken of
        self.spoken[:] = [*before, *about]


def states_whole(reader: ConditionReader, nouns: NounParser, tokens: Tokens, things: frozenset[str]) -> bool:
    """Whether some words are a condition from the first to the last, maybe over a thing that is to be asked about.

    Args:
        reader: Reads single conditions.
        nouns: Reads nouns of the same tokens.
        tokens: The words.
        things: Names of the scene.
    """
    groups = ConditionGroups(reader, nouns, lambda at: at >= len(tokens), [], things)
    try:
        found = groups.read(tokens)
    except Answer as answer:
        return answer.status == "question"
    return found is not None and found[0] == len(tokens)


def _combined(literals: Sequence[Literal], link: str) -> Groups:
    """Literals with ``and``, ``or`` or ``nor`` between them."""
    if link == "or":
        return tuple((literal,) for literal in literals)
    if link == "nor":
        return (tuple(negated(literal) for literal in literals),)
    return (tuple(literals),)


def _both(groups: Groups, more: Groups) -> Groups:
    """Groups that hold when one of each side holds."""
    return tuple((*one, *other) for one in groups for other in more)
