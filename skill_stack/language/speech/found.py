"""FoundUtterance: the text to be said in one order, its position, and the skill that says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skill_stack.language.speech.voices import Voice
from skill_stack.language.wording.order_form import Tokens

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|(?<![^\s:,])[\'‘]([^\'’"]{2,})[\'’](?=[\s.,;!?]|$)')


@dataclass(frozen=True, slots=True)
class FoundUtterance:
    """What is said in one order.

    Attributes:
        begin: Where it begins in the source.
        end: Where it ends.
        text: The words that are said.
        voice: The skill that says it.
        sure: Whether it is said in so many words and not named only: ``tell Ben that …``, not ``tell Ben a joke``.
        verb: Where the verb stands in the source, and the plain one for it; nothing where it stays.
    """

    begin: int
    end: int
    text: str
    voice: Voice
    sure: bool
    verb: tuple[int, int, str] | None = None


def quoted(source: str, tokens: Tokens, at: int) -> tuple[int, int, str] | None:
    """What stands in quotation marks at a position, perhaps behind a colon or ``that``: where, and the words.

    Args:
        source: What was said.
        tokens: Its tokens.
        at: The position.
    """
    begin = tokens[at].start
    found = _QUOTED.search(source, max(0, begin - 2))
    if found is None:
        return None
    between = source[begin : max(begin, found.start())].strip(" :,").casefold()
    if between not in ("", "that", "the words", "the following", "the sentence", "this"):
        return None
    return min(begin, found.start()), found.end(), next(one for one in found.groups() if one).strip()
