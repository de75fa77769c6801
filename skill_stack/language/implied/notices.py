"""Notices: which messages somebody has to hear, as one line of data each, made into situations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from skill_stack.language.implied.ontology import Situation

WEIGHT = 2.0
"""Added to how surely a message is due: its ways of telling are exact."""

CROWD = "everyone|everybody|nobody|no one|they|others|guests|visitors|people|children|pupils|residents|patients|readers"
"""Words of those who can only be told all together."""


def read_messages(messages: Iterable[Mapping[str, str]]) -> list[Situation]:
    """Reads ``dinner|lunch + ready|served: soup|dinner + on the table; dinner + time``.

    Before the colon stand the words of a message, one of each group, and behind it the ways of telling that it is due,
    apart by ``;``.

    Args:
        messages: The lines.
    """
    out = []
    for key, text in (pair for lines in messages for pair in lines.items()):
        groups = [[one.strip() for one in group.split("|")] for group in key.split(" + ")]
        topics = "|".join(" ".join(words) for words in product(*groups))
        ways = tuple(one.strip() for one in text.split(";") if one.strip())
        reason = f"who should know is told: {key}"
        own = Situation(tell=ways, do=(f"notice {topics}",), weight=WEIGHT, reason=reason, exact=True)
        crowd = tuple(f"{way} + {CROWD}" for way in ways)
        does = (f"announce {topics}", f"say {topics}")
        out += [own, Situation(tell=crowd, do=does, weight=WEIGHT, reason=reason, exact=True)]
    return out
