"""Choice phrases: wordings of the choices of a skill's parameter."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from skill_stack.language.words.lexicon_files import ChoiceWording, Words

_CHOICE = re.compile(r"\(([^()]*)\)")


def choice_phrases(word: str, name: str, wordings: tuple[ChoiceWording, ...]) -> Iterator[str]:
    """Yields wordings of a choice: ``left``, ``with your left hand``, ``in a friendly style``, ``what time it is``.

    Args:
        word: The choice.
        name: Name of its parameter.
        wordings: Patterns of wordings.
    """
    word, name = word.replace("_", " "), name.replace("_", " ")
    verb, _, rest = word.partition(" ")
    for one in wordings:
        named = not one.of or bool(set(one.of) & set(name.split()))
        if named and verb.endswith(one.verb) and (not one.last or rest.split()[-1:] and rest.split()[-1] in one.last):
            for said in (way for pattern in one.say for way in _ways(pattern)):
                yield said.format(choice=word, name=name, verb=verb, rest=rest)


def _ways(pattern: str) -> Iterator[str]:
    """The texts of a pattern with choices: ``(a|b|)``."""
    parts = (part.split("|") if at % 2 else [part] for at, part in enumerate(_CHOICE.split(pattern)))
    return ("".join(way) for way in itertools.product(*parts))


def direction_phrases(word: str, directions: Mapping[str, Words], ways: Mapping[str, Words]) -> Iterator[str]:
    """Yields wordings of a choice that is a direction: ``to the left`` for ``left``, ``a bit forward`` for
    ``forwards``.

    Args:
        word: The choice.
        directions: Phrases of each direction.
        ways: Words that libraries use for each direction.
    """
    names = [name for name, words in ways.items() if word.casefold().replace("_", " ") in words]
    for phrase in (phrase for name in names for phrase in directions[name]):
        yield from (phrase, f"a bit {phrase}", f"a little {phrase}", f"slightly {phrase}")
