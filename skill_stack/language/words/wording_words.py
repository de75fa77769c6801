"""What ``wording.yaml`` holds: words by which wishes, times, orders and ways are put in plain form."""

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
    telling: Words
    message_words: Words
    message_negations: Words
    putting: Words
    out_of_order: Words
    cancelling: Words
    containing: Words
    inside_it: Words
    upon_it: Words
    examining: Words
    lit_by: Words
    moving: Words
    through: Words
    onward: Words
    entering: Words
    speaking: Words
    hearing: Words
    questioning: Words
    persons: Words
