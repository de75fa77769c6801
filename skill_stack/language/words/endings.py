"""Endings of words, and of names, whose last words tell the kind: an action figure is a figure, dog food no food."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from skill_stack.core.world.scene import SceneObject
from skill_stack.language.words.lexicon_files import WordFile

STEPS = 2
"""Levels of nested categories that are followed."""
LONGEST = 3
"""Words of an ending at most."""

IRREGULAR = {
    "are": "be", "been": "be", "were": "be", "saw": "see", "seen": "see", "met": "meet", "spun": "spin", "rose": "rise",
    "risen": "rise", "brought": "bring", "lay": "lie", "sat": "sit", "went": "go", "gone": "go", "stood": "stand",
    "came": "come", "got": "get", "took": "take", "taken": "take", "ran": "run", "found": "find", "made": "make",
    "held": "hold",
}  # fmt: skip

_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Base forms that double their last letter before *ing* and *ed*: *dining* is no form of *din*."""


def bases(word: str) -> list[str]:
    """Returns the possible base forms of an inflected verb."""
    out = [IRREGULAR[word]] if word in IRREGULAR else []
    if word.endswith(("ing", "ed")):
        stem = word[: -3 if word.endswith("ing") else -2]
        out += [stem + "e"] if _DOUBLING.fullmatch(stem) else [stem, stem + "e"]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            out.append(stem[:-1])
    elif word.endswith("es") and word[:-2].endswith(("s", "x", "ch", "sh", "o")):
        out += [word[:-2], word[:-1]]
    elif word.endswith("s"):
        out.append(word[:-1])
    if word.endswith(("ied", "ies")):
        out.append(word[:-3] + "y")
    return [base for base in out if len(base) > 1]


def single(word: str) -> str:
    """Returns the singular of a noun, as far as its ending shows it."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3 else word


def named(thing: SceneObject) -> set[str]:
    """Returns all names of an object in plain words, without a number at the end."""
    names = (thing.kind, thing.id, *thing.names)
    plain = {name.replace("_", " ").casefold() for name in names}
    return plain | {name.rstrip("0123456789 ") for name in plain} - {""}


def endings(thing: SceneObject, data: WordFile, *, wary: bool = False) -> set[str]:
    """The names of an object and their last words, also in the singular; ``wary``: of any kind: a mug for coffee."""
    out, apart = set[str](), data.another | data.apart
    for words in (part for name in named(thing) for part in _heads(name.split(), data)):
        out |= {" ".join(words), *_singular(words), *(words[:1] if words[:1] == ["toy"] else ())}
        for begin in range(max(1, len(words) - LONGEST), len(words)):
            end = words[begin:]
            if wary or (words[begin - 1] not in apart and not (len(end) == 1 and end[0] in data.untold)):
                out |= {" ".join(end), *_singular(end)}
    return out


def _heads(words: list[str], data: WordFile) -> Iterator[list[str]]:
    """The head of a name: ``owner`` of ``owner of the dog``; of a bottle of water, the water too."""
    at = next((k for k, word in enumerate(words) if k and word in data.behind), len(words))
    yield words[:at]
    if words[at : at + 1] == ["of"] and words[at - 1] in data.holding and at + 1 < len(words):
        yield words[at + 1 :]


def contains(name: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a name."""
    return f" {phrase} " in f" {name} "


def expanded(words: Iterable[str], categories: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Adds the members of categories to kinds: food includes fruit, fruit includes apples."""
    kinds = {*words} - {""}
    for _ in range(STEPS):
        kinds |= {kind for word in kinds for kind in categories.get(word, ())}
    return frozenset(kinds)


def _singular(words: Sequence[str]) -> Iterator[str]:
    if words:
        yield " ".join((*words[:-1], single(words[-1])))
