"""Words in the names of libraries: ``toPerson``, ``to_person``."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def name_words(name: str) -> list[str]:
    """The words of a name in small letters; an underscore at an end gives an empty one.

    Args:
        name: Name of a skill, an argument or a predicate, in camel case or with underscores.
    """
    return _CAMEL.sub("_", name).casefold().split("_")
