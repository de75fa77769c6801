"""Schema of ``wording.yaml``: words of wishes, times, corrections and other forms of orders."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.language.words.lexicon_files import Words


class WordingWords(DataModel):
    """``wording.yaml``; the file explains its keys."""

    excepting: Words
    supposing: Words
    regardless: Words
    by_then: Words
    each_time: Words
    lasting_verbs: Words
    leaving: Words
    staying: Words
    where_it_is: Words
    lasting: Words
    delay_before: Words
    delay_after: Words
    delay_giving: Words
    deadline: Words
    clock: Words
    recurring: Words
    endless: Words
    events: Words
    saying: Words
    taking_back: Words
    left_be: Words
    putting: Words
    out_of_order: Words
    cancelling: Words
    moving: Words
    through: Words
    onward: Words
    entering: Words
    speaking: Words
    hearing: Words
    questioning: Words
    persons: Words
    leading: frozenset[str]
    no_verb_after: frozenset[str]
    no_order_after: frozenset[str]
    soft: frozenset[str]
    polite_end: frozenset[str]
    whereabouts: frozenset[str]
    opposite: dict[str, str]
    before_times: frozenset[str]
    corners: dict[str, int]
    beside_sides: frozenset[str]
    telling_of_times: frozenset[str]
    before_exclusion: frozenset[str]
    said_again: frozenset[str]
    goals: frozenset[str]
    before_verbs: frozenset[str]
    little: frozenset[str]
