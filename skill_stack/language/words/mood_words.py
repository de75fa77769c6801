"""Schema of ``moods.yaml``: words that tell statements from requests."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.language.words.lexicon_files import Words


class MoodWords(DataModel):
    """``moods.yaml``; the file explains its keys."""

    forbidding: Words
    as_it_is: Words
    emphasis: frozenset[str]
    still_asking: frozenset[str]
    joining: frozenset[str]
    focus: frozenset[str]
    requested: frozenset[str]
    ordering: frozenset[str]
    offers: Words
    only_asking: Words
    asking_back: frozenset[str]
    about_you: frozenset[str]
    somebody: frozenset[str]
    feeling: frozenset[str]
    liking: frozenset[str]
    at_ease: frozenset[str]
    looking: frozenset[str]
    helping: frozenset[str]
    times_taken: frozenset[str]
    ought_to_know: frozenset[str]
    usually: frozenset[str]
    ought: frozenset[str]
    needing: frozenset[str]
    telling: frozenset[str]
    thought: frozenset[str]
    wishing: frozenset[str]
