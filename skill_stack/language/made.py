"""Made: what planning makes of words, with how surely that is what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.language.words.text import Token


class Because(str):
    """A note that a plan was made of what somebody told beside what he asked for."""

    __slots__ = ()


class Inferred(Because):
    """A note that a plan was made of what somebody told, and nobody asked for it in words."""

    __slots__ = ()


class TakenAs(str):
    """A note that a plan was made of words that are only guessed to mean it; it may say nothing."""

    __slots__ = ()


class Made(NamedTuple):
    """What is made of words.

    Attributes:
        tree: The steps.
        facts: What is true afterwards, as text.
        summary: The plan in one sentence.
        certainty: How surely it is what was meant.
        implied: Whether what was told had a part in it.
        read: The words that were read one by one for it; nothing where it was inferred or taken as something.
    """

    tree: PlanNode
    facts: tuple[str, ...]
    summary: str
    certainty: Certainty = "said"
    implied: bool = False
    read: tuple[Token, ...] = ()

    @classmethod
    def of(cls, tree: PlanNode, facts: tuple[str, ...], summary: str, notes: Iterable[str]) -> Made:
        """A plan whose notes say how it was made.

        Args:
            tree: The steps.
            facts: What is true afterwards, as text.
            summary: The plan in one sentence.
            notes: What was assumed.
        """
        kinds = {type(note) for note in notes}
        certainty: Certainty = "inferred" if kinds & {Inferred, TakenAs} else "said"
        return cls(tree, facts, summary, certainty, bool(kinds & {Because, Inferred}))
