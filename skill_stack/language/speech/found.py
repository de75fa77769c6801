"""FoundUtterance: the text to say in one order, its position, and the skill that says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skill_stack.language.speech.voices import Voice
from skill_stack.language.wording.order_form import Tokens

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|(?<![^\s:,])[\'‘]([^\'’"]{2,})[\'’](?=[\s.,;!?]|$)')


@dataclass(frozen=True, slots=True)
class FoundUtterance:
    """The text to say in one order.

    Attributes:
        begin: Index of its first character in the source.
        end: Index after its last character.
        text: The words to say.
        voice: The skill that says it.
        sure: Whether the words themselves are given: ``tell Ben that …``, but not ``tell Ben a joke``.
        verb: Begin and end of the verb in the source, and its replacement; None to keep it.
    """

    begin: int
    end: int
    text: str
    voice: Voice
    sure: bool
    verb: tuple[int, int, str] | None = None


def quoted(source: str, tokens: Tokens, at: int) -> tuple[int, int, str] | None:
    """Returns begin, end and words of a quotation at a position, maybe after a colon or ``that``; or None."""
    begin = tokens[at].start
    found = _QUOTED.search(source, max(0, begin - 2))
    if found is None:
        return None
    between = source[begin : max(begin, found.start())].strip(" :,").casefold()
    if between not in ("", "that", "the words", "the following", "the sentence", "this"):
        return None
    return min(begin, found.start()), found.end(), next(one for one in found.groups() if one).strip()
