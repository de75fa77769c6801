"""Mention: something of the scene that words speak of, with the preposition before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_stack.planner.language.chunks import Noun

Kind = Literal["person", "place", "thing", "pronoun", "unknown"]
Way = Literal["", "source", "goal", "place", "beside"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that words speak of.

    Attributes:
        begin: Where it begins, its preposition included.
        end: Where it ends.
        words: The words without the preposition.
        kind: What it is; ``pronoun`` for what was spoken of before, ``unknown`` for a noun that nothing here is called.
        ids: What it may mean.
        way: What the preposition says: where from, where to, where, or something beside the matter.
        before: The preposition, or empty.
        many: Whether all of ``ids`` are meant.
        noun: The noun phrase.
        owners: Whose it is, where somebody is named.
    """

    begin: int
    end: int
    words: str
    kind: Kind
    ids: tuple[str, ...] = ()
    way: Way = ""
    before: str = ""
    many: bool = False
    noun: Noun | None = None
    owners: tuple[str, ...] = ()
