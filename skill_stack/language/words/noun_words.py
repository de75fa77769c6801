"""Schema of ``nouns.yaml``: words in noun phrases and in names of objects."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.language.words.lexicon_files import Words


class NounWords(DataModel):
    """``nouns.yaml``; the file explains its keys."""

    partitives: frozenset[str]
    upon: frozenset[str]
    cut: frozenset[str]
    not_after_whose: frozenset[str]
    ordinals: dict[str, int]
    counts: dict[str, int]
    titles: frozenset[str]
    within: frozenset[str]
    any_room: frozenset[str]
    between_rooms: frozenset[str]
    moved: frozenset[str]
    having: Words
    lacking: Words
    vessels: frozenset[str]
    inside: Words
    another: frozenset[str]
    apart: frozenset[str]
    untold: frozenset[str]
    behind: frozenset[str]
    holding: frozenset[str]
    same_side: dict[str, Words]
