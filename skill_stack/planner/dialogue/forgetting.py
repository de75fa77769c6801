"""Words about stated facts: forget that …, forget everything, what did I tell you?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_END = r"[\s.!?]*$"
_LIST = re.compile(
    r"^\s*(?:what (?:did|have) i (?:tell|told|teach|taught) you|what do you (?:remember|know from me)"
    r"|what have you (?:learnt|learned)|what did you learn)\b.{0,40}$",
    re.IGNORECASE,
)
_ALL = re.compile(
    rf"^\s*(?:please )?forget (?:everything|all(?: of it)?)(?: (?:that )?i (?:ever )?(?:told|taught) you)?{_END}",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^\s*(?:please )?forget (?:what|everything|all)(?: that)?(?: i (?:told|taught|said to) you)?"
    rf"(?: you know)? about (?:the |my )?(.+?){_END}",
    re.IGNORECASE,
)
_THAT = re.compile(rf"^\s*(?:please )?forget that (?!and\b|please\b)(\S+ .+?){_END}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A request to delete or list stated facts.

    Attributes:
        kind: ``list``, ``all``, ``about`` a thing, or ``that`` something is so.
        text: The thing, or the statement.
    """

    kind: Literal["list", "all", "about", "that"]
    text: str = ""


def forgetting(text: str) -> Forgetting | None:
    """The request of a text about stated facts, or None."""
    if len(text) > 300:
        return None
    if _LIST.match(text):
        return Forgetting("list")
    if _ALL.match(text):
        return Forgetting("all")
    if found := _ABOUT.match(text):
        return Forgetting("about", found[1])
    if found := _THAT.match(text):
        return Forgetting("that", found[1])
    return None
