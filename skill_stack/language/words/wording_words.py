"""What ``wording.yaml`` holds: words by which wishes, times, orders and ways are put in plain form."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.language.words.lexicon_files import Words


class Wording(DataModel):
    """``wording.yaml``; the file explains its keys."""

    excepting: Words
    supposing: Words
    seeing: Words
    regardless: Words
    if_so: Words
    if_not: Words
    by_then: Words
    each_time: Words
    lasting_verbs: Words
    leaving: Words
    staying: Words
    where_it_is: Words
    looking: Words
    whether: Words
    lasting: Words
    delay_before: Words
    delay_after: Words
    delay_giving: Words
    deadline: Words
    clock: Words
    recurring: Words
    endless: Words
    events: Words
    repeating: Words
    saying: Words
    the_same: Words
    taking_back: Words
    left_be: Words
    going: Words
    getting: Words
    telling: Words
    making: Words
    news: Words
    message_words: Words
    message_negations: Words
    message_same: dict[str, Words]
    message_general: dict[str, Words]
    telling_begun: Words
    summoning: Words
    reasons: Words
    following: Words
    afterwards: Words
    on_the_way: Words
    taking: Words
    putting: Words
    beside: Words
    giving: Words
    at_last: Words
    at_first: Words
    but_first: Words
    done_before: Words
    doing_before: Words
    been_before: Words
    done_after: Words
    doing_after: Words
    not_until: Words
    been_until: Words
    cancelling: Words
    no_later: Words
    lacking: Words
    containing: Words
    inside_it: Words
    upon_it: Words
    while_holding: Words
    in_hand: Words
    examining: Words
    lit_by: Words
    before_that: Words
    has_got: Words
    of_furniture: frozenset[str]
    of_living: frozenset[str]
    moving: Words
    path: Words
    through: Words
    onward: Words
    turning: Words
    turning_at: Words
    turning_past: Words
    entering: Words
    exiting: Words
    beyond: Words
    speaking: Words
    hearing: Words
    questioning: Words
    persons: Words
    told_duty: Words
    courtesies: dict[str, Words]
