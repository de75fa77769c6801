"""Words in the names of a library: ``toPerson``, ``to_person``."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def name_words(name: str) -> list[str]:
    """Splits a name into words in lower case; an underscore at an end gives an empty word.

    Args:
        name: Name of a skill, an argument or a predicate, in camel case or with underscores.
    """
    return _CAMEL.sub("_", name).casefold().split("_")
