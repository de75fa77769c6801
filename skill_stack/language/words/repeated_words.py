"""Repeated words: removes hesitation and repetition."""

from __future__ import annotations

from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import Text

MOST_IN_A_ROW = 3
"""Repetitions in a row from which any other word is dropped."""


def unrepeated(text: Text, noise: frozenset[str]) -> Text:
    """Removes hesitation and repeated words from a text.

    Args:
        text: The text.
        noise: Sounds of hesitation.
    """
    tokens = [token for token in text.tokens if token.text not in noise]
    before = ["", *(token.text for token in tokens)]
    tokens = [one for one, last in zip(tokens, before, strict=False) if one.text != last or one.text not in WORDS.twice]
    out = []
    for at, token in enumerate(tokens):
        lately = {other.text for other in tokens[max(0, at - MOST_IN_A_ROW) : at + 1]}
        if at < MOST_IN_A_ROW or len(lately) > 1 or not token.text.isalpha():
            out.append(token)
    return Text(text.source, tuple(out))
