"""Generic: statements about a whole kind or a habit, which request nothing: ``full bins attract flies``."""

from __future__ import annotations

from collections.abc import Container, Sequence

from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.mood_words import GenericWords

SHORTEST = 2
"""Words of such a sentence before one that depends on it."""

SHORTEST_VERB = 4
"""Letters of a word that may be a verb though it is not known as one: ``attract``, not *la*."""

LATEST = 3
"""Position at which the verb of such a sentence stands at the latest."""


def of_a_kind(texts: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether one sentence tells something of a whole kind, and of nothing that is here.

    Args:
        texts: Its words, with commas.
        lexicon: The language.
    """
    words, verbs = lexicon.generic, lexicon.english.base
    said = list(texts[: texts.index(",")] if "," in texts else texts)
    if said[0] == "you" and not words.feeling.isdisjoint(said[1:2]):
        return not {"when", "if", "after", "without"}.isdisjoint(said)  # "you get cold when you don't move"
    end = next((k for k, word in enumerate(said) if word in ("when", "if", "unless") and k >= SHORTEST), 0)
    said = said[:end] if end else said
    least = SHORTEST if end or said[0].endswith("ing") else LATEST
    if len(said) < least or ":" in texts or _here(said, words):
        return False
    return _many(said, words, verbs) or _valued(said, words) or _mass(said, words, verbs)


def _here(said: Sequence[str], words: GenericWords) -> bool:
    """Whether something that is here is spoken of: ``the cup``, and not ``the sun``."""
    near = (k for k, word in enumerate(said) if word in words.here)
    return any(said[k] != "the" or words.such.isdisjoint(said[k + 1 : k + 2]) for k in near)


def _many(said: Sequence[str], words: GenericWords, verbs: Container[str]) -> bool:
    """Whether it begins with a bare plural and what such things do: ``nurses work hard``."""
    if said[0] in words.barred:
        return False
    for at, word in enumerate(said[:LATEST]):
        rest = [one for one in said[at + 1 :] if one not in words.often]
        if not _plural(word, words) or not rest or rest[0] in words.double:
            continue
        if rest[0] == "are":
            return any(f" {one} " in f" {' '.join(rest)} " for one in words.worth)
        first = at > 0 and said[0] in verbs  # "open doors invite burglars", no order has two verbs
        if _acts(said, rest, words, verbs) and (len(rest) > 1 or not first):
            return not any(one.endswith("ing") for one in rest[:2])
    return False


def _plural(word: str, words: GenericWords) -> bool:
    """Whether a word is a plural by its form."""
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in words.singulars
    return plural or word in words.plurals


def _acts(said: Sequence[str], rest: Sequence[str], words: GenericWords, verbs: Container[str]) -> bool:
    """Whether what follows a plural begins with a verb, one that is known or a word that may be one."""
    verb = rest[0]
    if verb in words.finite or verb in verbs:
        return True
    verbal = len(verb) >= SHORTEST_VERB and not verb.endswith(("s", "ed", "ing", "ly")) and verb not in words.after
    return verbal and said[0] not in verbs and len(rest) > 1


def _mass(said: Sequence[str], words: GenericWords, verbs: Container[str]) -> bool:
    """Whether it tells what such stuff, or doing such a thing, does: ``milk goes sour in the sun``."""
    first, does = said[0], said[1]
    if first in words.definite or first in words.barred or first in ("he", "she", "it") or first.endswith("s"):
        return False
    plain = does.endswith("s") and not does.endswith("ss") and does[:-1] in verbs and first not in verbs
    return does in words.does or (plain and first.endswith("ing"))


def _valued(said: Sequence[str], words: GenericWords) -> bool:
    """Whether it tells what a whole kind is worth: ``loud music is bad for the ears``."""
    at = next((k for k, word in enumerate(said[: LATEST + 1]) if word == "is"), 0)
    rest = " ".join(said[at + 1 :])
    valued = any(rest == one or rest.startswith(f"{one} ") for one in words.worth)
    return 0 < at and said[0] not in words.definite and valued


def habitual(texts: Sequence[str], words: GenericWords) -> bool:
    """Whether one clause tells what somebody does again and again: ``we turn the radiators off in May``.

    Args:
        texts: Its words, without commas.
        words: Words of habits.
    """
    rest = [one for one in texts[1:] if one not in words.often]
    if len(rest) < LATEST or {"and", "but", "so", "because", ","} & set(texts):
        return False
    if texts[0] in ("i", "we", "they"):
        return rest[0] in words.habits
    return texts[0] in ("he", "she") and rest[0].removesuffix("s") in words.habits and rest[0].endswith("s")
