"""Doing: what a situation asks for, as it is written in the data."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from skill_stack.core.errors import DataError

OWN = frozenset(("x", "room", "home", "other"))
"""Words for the thing that is spoken of, the room, where a thing belongs, and somebody else who is named."""


@dataclass(frozen=True, slots=True)
class Do:
    """A deed and what it is done with.

    Attributes:
        deed: The deed.
        first: Function of the thing; ``x`` for what is spoken of, ``room`` for the room.
        second: Function of where it goes, or an empty string.
        topics: What is said; empty for what is asked about.
        other: Whether it is for somebody else who is named.
    """

    deed: str
    first: str = ""
    second: str = ""
    topics: tuple[str, ...] = ()
    other: bool = False


def read_do(text: str, deeds: Container[str], functions: Container[str], told: Container[str]) -> Do:
    """Reads ``give drink``, ``put x home freezer`` or ``announce closing time|closing``.

    Args:
        text: What is written.
        deeds: Names of deeds.
        functions: Names of functions.
        told: Deeds that say something.

    Raises:
        DataError: A deed or function is named that is not known.
    """
    words = text.split()
    cuts = (cut for cut in range(len(words), 0, -1) if " ".join(words[:cut]) in deeds)
    cut = next(cuts, None)
    if cut is None:
        raise DataError(f"'{text}' begins with no deed that is known")
    deed, rest = " ".join(words[:cut]), words[cut:]
    if deed in told:
        other = rest[:1] == ["other"]
        topics = tuple(one for one in " ".join(rest[other:]).split("|") if one not in ("", "*"))
        return Do(deed, topics=topics, other=other)

    def known(name: str) -> bool:
        return name in OWN or name in functions

    for at in range(len(rest), -1, -1):
        first, second = " ".join(rest[:at]), " ".join(rest[at:])
        if (known(first) or not first) and (known(second) or not second):
            return Do(deed, first, second)
    raise DataError(f"'{text}' names a function that is not known")
