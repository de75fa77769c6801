"""Generic: what is said of a whole kind or is somebody's habit, and asks for nothing: ``full bins attract flies``."""

from __future__ import annotations

from collections.abc import Container, Sequence

HERE = frozenset(
    "the this these those here there my our his her their your its it i me us him them we he she they please someone "
    "somebody everyone everybody nobody now outside again still just".split()
)
"""Words of what is here and now."""

SUCH = frozenset(
    "snow rain sun dark cold heat desert morning evening afternoon night world sea city country ears eyes heart mind "
    "body soul skin teeth health summer winter weather air environment day past future".split()
)
"""Words after ``the`` that mean nothing that is here: ``wellies are no good in the snow``."""

MANY = frozenset("people children men women mice fish police sheep".split())
"""Plurals that do not end in -s."""

SINGLE = frozenset("mrs ms is was has does gas bus this his its us yes as minus plus always perhaps towards".split())
"""Words in -s that are no plurals."""

BARRED = frozenset(
    "help let make watch see hear have keep leave find put turn set is are am be get need give bring a an no not some "
    "any all both each every two three four five six".split()
)
"""First words after which a plural is no subject, or of which some are meant."""

DOUBLE = frozenset("open close shut clean dry back still warm cool empty light free like up want".split())
"""Verbs that may also tell how or where something is to be."""

OFTEN = frozenset("always often never only also usually generally sometimes rarely seldom mostly".split())
"""Words before a verb that tell how often."""

WORTH = ("bad for", "good for", "no good", "healthy", "unhealthy", "important", "dangerous", "essential", "precious",
         "expensive", "overrated", "underrated", "a virtue", "golden", "vital", "no use")  # fmt: skip
"""What is said of a whole kind."""

DEFINITE = frozenset("the a an that what who there one today tomorrow dinner lunch breakfast supper".split())
"""First words of a subject that is no whole kind."""

AFTER = frozenset(
    "in on at for to from with of and or but by over under into off out down please left missing lying standing all "
    "everywhere somewhere as than is was has were had there here too today".split()
)
"""Words after a plural that are no verbs."""

DOES = frozenset("goes makes kills costs helps contains tastes".split())
"""Verbs in -s that are nothing else."""

FEELING = frozenset("get feel become grow never only always".split())
"""Words after ``you`` where anybody may be meant."""

SHORTEST = 2
"""Words of such a sentence before one that depends on it."""

SHORTEST_VERB = 4
"""Letters of a word that may be a verb though it is not known as one: ``attract``, not *la*."""

LATEST = 3
"""Position at which the verb of such a sentence stands at the latest."""

HABITS = frozenset(
    "water turn open close clean wipe mop sweep wash cook bake eat drink sleep walk heat use take put bring work read "
    "watch play listen buy switch feed tidy vacuum hoover dust iron sing dance swim cycle run drive pray knit".split()
)
"""Verbs that tell a habit in their simple form."""

FINITE = frozenset("need are get have do can make bring become stay grow live love hate cost tend".split())
"""Verbs of what a whole kind is or does, beside those that give orders."""


def of_a_kind(texts: Sequence[str], verbs: Container[str]) -> bool:
    """Whether one sentence tells something of a whole kind, and of nothing that is here.

    Args:
        texts: Its words, with commas.
        verbs: Base forms of verbs.
    """
    said = list(texts[: texts.index(",")] if "," in texts else texts)
    if said[0] == "you" and not FEELING.isdisjoint(said[1:2]):
        return not {"when", "if", "after", "without"}.isdisjoint(said)  # "you get cold when you don't move"
    end = next((k for k, word in enumerate(said) if word in ("when", "if", "unless") and k >= SHORTEST), 0)
    said = said[:end] if end else said
    least = SHORTEST if end or said[0].endswith("ing") else LATEST
    if len(said) < least or ":" in texts or _here(said):
        return False
    return _many(said, verbs) or _valued(said) or _mass(said, verbs)


def _here(said: Sequence[str]) -> bool:
    """Whether something that is here is spoken of: ``the cup``, and not ``the sun``."""
    near = (k for k, word in enumerate(said) if word in HERE)
    return any(said[k] != "the" or SUCH.isdisjoint(said[k + 1 : k + 2]) for k in near)


def _many(said: Sequence[str], verbs: Container[str]) -> bool:
    """Whether it begins with a bare plural and what such things do: ``nurses work hard``."""
    if said[0] in BARRED:
        return False
    for at, word in enumerate(said[:LATEST]):
        rest = [one for one in said[at + 1 :] if one not in OFTEN]
        if not _plural(word) or not rest or rest[0] in DOUBLE:
            continue
        if rest[0] == "are":
            return any(f" {one} " in f" {' '.join(rest)} " for one in WORTH)
        first = at > 0 and said[0] in verbs  # "open doors invite burglars", no order has two verbs
        if _acts(said, rest, verbs) and (len(rest) > 1 or not first):
            return not any(one.endswith("ing") for one in rest[:2])
    return False


def _plural(word: str) -> bool:
    """Whether a word is a plural by its form."""
    return word in MANY or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in SINGLE)


def _acts(said: Sequence[str], rest: Sequence[str], verbs: Container[str]) -> bool:
    """Whether what follows a plural begins with a verb, one that is known or a word that may be one."""
    verb = rest[0]
    if verb in FINITE or verb in verbs:
        return True
    verbal = len(verb) >= SHORTEST_VERB and not verb.endswith(("s", "ed", "ing", "ly")) and verb not in AFTER
    return verbal and said[0] not in verbs and len(rest) > 1


def _mass(said: Sequence[str], verbs: Container[str]) -> bool:
    """Whether it tells what such stuff, or doing such a thing, does: ``milk goes sour in the sun``."""
    first, does = said[0], said[1]
    if first in DEFINITE or first in BARRED or first in ("he", "she", "it") or first.endswith("s"):
        return False
    plain = does.endswith("s") and not does.endswith("ss") and does[:-1] in verbs and first not in verbs
    return does in DOES or (plain and first.endswith("ing"))


def _valued(said: Sequence[str]) -> bool:
    """Whether it tells what a whole kind is worth: ``loud music is bad for the ears``."""
    at = next((k for k, word in enumerate(said[: LATEST + 1]) if word == "is"), 0)
    rest = " ".join(said[at + 1 :])
    return 0 < at and said[0] not in DEFINITE and any(rest == one or rest.startswith(f"{one} ") for one in WORTH)


def habitual(texts: Sequence[str]) -> bool:
    """Whether one clause tells what somebody does again and again: ``we turn the radiators off in May``.

    Args:
        texts: Its words, without commas.
    """
    rest = [one for one in texts[1:] if one not in OFTEN]
    if len(rest) < LATEST or {"and", "but", "so", "because", ","} & set(texts):
        return False
    if texts[0] in ("i", "we", "they"):
        return rest[0] in HABITS
    return texts[0] in ("he", "she") and rest[0].removesuffix("s") in HABITS and rest[0].endswith("s")
