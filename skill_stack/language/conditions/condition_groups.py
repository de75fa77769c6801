"""Condition groups: conditions joined by ``and`` and ``or``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from skill_stack.core.world.fact import Literal
from skill_stack.language.answers import Answer
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.words.text import Token

Group = tuple[Literal, ...]
Groups = tuple[Group, ...]
"""Disjunctive normal form: one of the groups must hold, with all of its literals."""

MOST_PARTS = 7
"""Conditions joined to one at most."""

JOINING = ("and", "or")


def condition_groups(
    tokens: Sequence[Token], reader: ConditionReader, ends: Callable[[int], bool], spoken: list[str],
    things: Collection[str],
) -> tuple[int, Groups] | Answer | None:  # fmt: skip
    """Returns the end and the groups of a condition; the answer if a noun in it is ambiguous, None if no fact can
    express it.

    Args:
        tokens: The condition with all that follows.
        reader: Reads single conditions.
        ends: Whether a condition may end at a position.
        spoken: Earlier mentions; subjects of the condition are added, as antecedents of ``it``.
        things: Ids of the scene.
    """
    begin, end, link = int(bool(tokens) and tokens[0].text in ("either", "both")), 0, "or"
    groups: Groups = ()
    mentioned = list(spoken)
    for _ in range(MOST_PARTS):
        before = [literal for group in groups for literal in group]
        found = _single(tokens, begin, reader, ends, before) if link in JOINING else None
        if isinstance(found, Answer):
            return found
        if found is None:
            break
        end, literal = found
        groups = (*groups, (literal,)) if link == "or" else tuple((*group, literal) for group in groups)
        mentioned += [name for name in literal.arguments if name in things][:1]  # of "the cup is on the table" the cup
        spoken[:] = mentioned
        end, link = _link(tokens, end)
        begin = end + 1
    return (end, groups) if groups and ends(end) else None


def _single(
    tokens: Sequence[Token], at: int, reader: ConditionReader, ends: Callable[[int], bool], before: Sequence[Literal]
) -> tuple[int, Literal] | Answer | None:
    """One condition; None for one over several objects."""
    read = reader.read(tokens, at, before) if _link(tokens, at)[1] not in reader.quantifiers else []
    if isinstance(read, Answer):
        return read
    return next((pair for pair in read if ends(pair[0]) or _link(tokens, pair[0])[1] in JOINING), None)


def _link(tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """The word at a position, or the ``or`` after a comma there, with its position."""
    texts = [token.text for token in tokens[at : at + 2]]
    return (at + 1, "or") if texts == [",", "or"] else (at, texts[0] if texts else "")
