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
        if link not in ("and", "or") or (begin < len(tokens) and tokens[begin].text in reader.quantifiers):
            break  # a condition over several objects is none
        read = reader.read(tokens, begin, [literal for group in groups for literal in group])
        if isinstance(read, Answer):
            return read
        after = ((at, one) for at, one in read if ends(at) or (at < len(tokens) and tokens[at].text in ("or", "and")))
        found = next(after, None)
        if found is None:
            break
        end, literal = found
        groups = (*groups, (literal,)) if link == "or" else tuple((*group, literal) for group in groups)
        mentioned += [name for name in literal.arguments if name in things][:1]  # of "the cup is on the table" the cup
        spoken[:] = mentioned
        end += [token.text for token in tokens[end : end + 2]] == [",", "or"]
        link, begin = tokens[end].text if end < len(tokens) else "", end + 1
    return (end, groups) if groups and ends(end) else None
