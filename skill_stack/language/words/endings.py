"""Endings: what a thing is by the last words of its names: an action figure is a figure, dog food is no food."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from skill_stack.core.world.scene import SceneObject
from skill_stack.language.words.kind_nouns import single

ANOTHER = frozenset("dog cat pet bird fish toilet garbage trash waste bin toy of coffee hair shoe car nail".split())
"""Words before the last one that make another thing of it."""

APART = ANOTHER | frozenset("paper tea kitchen dish phone egg paint tennis golf ice for with".split())
"""Words before the last one that make another kind of thing of it, where a kind is asked for."""

UNTOLD = frozenset("bottle can carton car cars game cards card box level file square block case set bar".split())
"""Last words that tell too little."""

BEHIND = frozenset("of with without for from in on at by to near beside behind under who that".split())
"""Words in names behind which something else is named."""

HOLDING = frozenset("bottle can carton packet pack tin jar box bag bowl cup mug glass pot tube loaf slice".split())
"""What things come in, so that what is in it may be meant."""

STEPS = 2
"""How deep categories lie within one another."""

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
    for words in (part for name in named(thing) for part in _heads(name.split())):
        name = " ".join(words)
        out |= {name, *_singular(words), *words[:1]} if words[:1] == ["toy"] else {name, *_singular(words)}
        for begin in range(max(1, len(words) - LONGEST), len(words)):
            end = words[begin:]
            if words[begin - 1] not in APART and not (len(end) == 1 and end[0] in UNTOLD):
                out |= {" ".join(end), *_singular(end)}
    return out


def _heads(words: list[str]) -> Iterator[list[str]]:
    """What a name says that it is: ``owner`` of ``owner of the dog``; of a bottle of water the water too."""
    at = next((k for k, word in enumerate(words) if k and word in BEHIND), len(words))
    yield words[:at]
    if words[at : at + 1] == ["of"] and words[at - 1] in HOLDING and at + 1 < len(words):
        yield words[at + 1 :]


def contains(name: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a name.

    Args:
        name: The name.
        phrase: The words.
    """
    return f" {phrase} " in f" {name} "


def expanded(words: Iterable[str], categories: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Kinds, with those of the categories among them: food is fruit, which is apples.

    Args:
        words: The kinds.
        categories: Kinds by category.
    """
    kinds = {*words} - {""}
    for _ in range(STEPS):
        kinds |= {kind for word in kinds for kind in categories.get(word, ())}
    return frozenset(kinds)


def _singular(words: Sequence[str]) -> Iterator[str]:
    """A name in the singular."""
    if words:
        yield " ".join((*words[:-1], single(words[-1])))
