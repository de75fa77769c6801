"""Condition groups: conditions joined by ``and`` and ``or``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.world.fact import Literal
from skill_stack.language.answers import Answer
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.words.text import Token

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
        ends: Whether a condition may end at a position.
        spoken: Earlier mentions; subjects of the condition are added.
        things: Ids of the scene.
    """

    reader: ConditionReader
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
        either = bool(tokens) and tokens[0].text in ("either", "both")
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
        """One condition; None for one over several objects."""
        if at < len(tokens) and tokens[at].text in self.reader.quantifiers:
            return None
        read = self.reader.read(tokens, at, before)
        if isinstance(read, Answer):
            return read
        return next(((end, ((one,),)) for end, one in read if self._may_end(tokens, end)), None)

    def _may_end(self, tokens: Tokens, at: int) -> bool:
        """Whether a condition may end at a position, or a conjunction follow."""
        return self.ends(at) or (at < len(tokens) and tokens[at].text in ("or", "and"))

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


def _both(groups: Groups, more: Groups) -> Groups:
    return tuple((*one, *other) for one in groups for other in more)
