"""Schema of ``speech.yaml``: words around reported and quoted speech."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.language.words.lexicon_files import Words


class SpeechWords(DataModel):
    """``speech.yaml``; the file explains its keys."""

    turned: dict[str, str]
    beside_you: dict[str, str]
    auxiliary: frozenset[str]
    own: dict[str, str]
    following: frozenset[str]
    somebody: Words
    placing: Words
    before: frozenset[str]
    not_before_to: frozenset[str]
    clause: frozenset[str]
    linking: Words
    later: Words
    asking: frozenset[str]
    telling: frozenset[str]
    saying: frozenset[str]
    hearers: frozenset[str]
    ignored: frozenset[str]
    same: dict[str, str]
    times: frozenset[str]
    own_of: dict[str, str]
    reporting: frozenset[str]
    first_person: dict[str, str]
    hedges: frozenset[str]
    speaking: frozenset[str]
