"""Habits: what is asked or told of what somebody can do, or of what is always so, and not of now."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.language.words.text import Token

Tokens = Sequence[Token]

ABLE = (
    "can you", "are you able to", "do you know how to", "are you good at", "are you any good at", "could you ever",
    "have you ever learnt to", "did anybody teach you to",
)  # fmt: skip
"""Beginnings of questions that ask what a robot can do, where bare things follow: ``can you open doors``."""

FETCHING = frozenset("bring get give fetch pass hand serve offer find take".split())
"""Verbs with which bare things are asked for: ``can you bring drinks``."""

POINTING = frozenset(
    "the a an my your his her our their this that these those some any all both every each one two three four five me "
    "him us them it here there now please for to with on in at from into onto of and or not already".split()
)
"""Words with which certain things or a certain time are meant."""

LONGEST = 2
"""Words of bare things: ``dirty dishes``."""

DUTIES = frozenset("must has have needs need should ought is are".split())
"""Verbs of what is to be so."""

RECURRING = (
    "every morning", "every evening", "every night", "every day", "every noon", "every week", "every month",
    "every year", "every time", "every hour", "each morning", "each evening", "each night", "each day", "each time",
    "at night", "by night", "at all times", "always", "during lessons", "during meals", "during performances",
    "during working hours", "during the night", "after closing time", "before every", "after every", "on sundays",
    "on mondays", "on weekdays", "at weekends", "on saturdays", "on fridays", "in summer", "in winter", "by law",
)  # fmt: skip
"""When something is so again and again."""

ASKING = frozenset("you i we please robot let could would can do never".split())
"""First words with which something is asked for."""

def asks_ability(tokens: Tokens, asked: bool) -> bool:
    """Whether a question is what a robot can do with things of a kind: ``can you open doors?``.

    Args:
        tokens: The sentence.
        asked: Whether it ends with a question mark.
    """
    text = " ".join(one.text for one in tokens)
    begin = next((one for one in ABLE if text.startswith(f"{one} ")), "")
    rest = text[len(begin) :].split()
    if not (asked and begin and rest) or rest[0] in FETCHING:
        return False
    things = rest[1:]
    bare = 0 < len(things) <= LONGEST and not POINTING & set(things)
    return bare and things[-1].endswith("s") and not things[-1].endswith("ss")


def recurs(tokens: Tokens) -> bool:
    """Whether it is told what has to be so again and again: ``the door must be closed every evening``.

    Args:
        tokens: The sentence.
    """
    texts = [one.text for one in tokens]
    text = f" {' '.join(texts)} "
    if not texts or texts[0] in ASKING or not DUTIES & set(texts[1:]):
        return False
    return any(f" {one} " in text for one in RECURRING)
