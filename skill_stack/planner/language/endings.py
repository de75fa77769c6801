"""Endings: what a thing is by the last words of its names: an action figure is a figure, dog food is no food."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skill_stack.core.scene import SceneObject
from skill_stack.planner.language.kind_nouns import single

ANOTHER = frozenset("dog cat pet bird fish toilet garbage trash waste bin toy of coffee hair shoe car nail".split())
"""Words before the last one that make another thing of it."""

APART = ANOTHER | frozenset("paper tea kitchen dish phone egg paint tennis golf ice for with".split())
"""Words before the last one that make another kind of thing of it, where a kind is asked for."""

UNTOLD = frozenset("car cars game cards card box level file square block case set bar".split())
"""Last words that tell too little."""

BEHIND = frozenset("with who that in from by on at near without behind".split())
"""Words behind the last one that says what a thing is: *the lady with the cat* is no cat."""

LONGEST = 3
"""Words of an ending, at the most."""


def heads(names: Iterable[str]) -> set[str]:
    """The last words of some names, where they say what it is: a fleece blanket is a blanket, dog food no food.

    Args:
        names: What a thing is called.
    """
    split = (name.split() for name in names)
    return {words[-1] for words in split if len(words) > 1 and words[-2] not in ANOTHER}


def named(thing: SceneObject) -> set[str]:
    """What a thing is called, in plain words and without a number at the end.

    Args:
        thing: Something of a scene.
    """
    names = (thing.kind, thing.id, *thing.names)
    plain = {name.replace("_", " ").casefold() for name in names}
    return plain | {name.rstrip("0123456789 ") for name in plain} - {""}


def endings(thing: SceneObject) -> set[str]:
    """The names of a thing and how they end, in the singular too.

    Args:
        thing: Something of a scene.
    """
    out: set[str] = set()
    for name in named(thing):
        words = name.split()
        out |= {name, *_singular(words)}
        words = words[: next((at for at, word in enumerate(words) if at and word in BEHIND), len(words))]
        for begin in range(max(1, len(words) - LONGEST), len(words)):
            end = words[begin:]
            if words[begin - 1] not in APART and not (len(end) == 1 and end[0] in UNTOLD):
                out |= {" ".join(end), *_singular(end)}
    return out


def contains(name: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a name.

    Args:
        name: The name.
        phrase: The words.
    """
    return f" {phrase} " in f" {name} "


def _singular(words: Sequence[str]) -> Iterator[str]:
    """A name in the singular."""
    if words:
        yield " ".join((*words[:-1], single(words[-1])))
