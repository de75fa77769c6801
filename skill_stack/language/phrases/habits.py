"""Habits: questions and statements about abilities or habits, not about the present."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.language.words.mood_words import GenericWords
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]

LONGEST = 2
"""Words of bare things: ``dirty dishes``."""


def asks_ability(tokens: Tokens, asked: bool, words: GenericWords) -> bool:
    """Whether a question is what a robot can do with things of a kind: ``can you open doors?``.

    Args:
        tokens: The sentence.
        asked: Whether it ends with a question mark.
        words: Words of what can be done and of what is always so.
    """
    text = " ".join(one.text for one in tokens)
    begin = next((one for one in words.able if text.startswith(f"{one} ")), "")
    rest = text[len(begin) :].split()
    if not (asked and begin and rest) or rest[0] in words.fetching:
        return False
    things = rest[1:]
    bare = 0 < len(things) <= LONGEST and not words.pointing & set(things)
    return bare and things[-1].endswith("s") and not things[-1].endswith("ss")


def recurs(tokens: Tokens, words: GenericWords) -> bool:
    """Whether it is told what has to be so again and again: ``the door must be closed every evening``.

    Args:
        tokens: The sentence.
        words: Words of what can be done and of what is always so.
    """
    texts = [one.text for one in tokens]
    text = f" {' '.join(texts)} "
    if not texts or texts[0] in words.asking or not words.duties & set(texts[1:]):
        return False
    return any(f" {one} " in text for one in words.recurring)
