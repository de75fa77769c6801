"""Random descriptions of scenes, with what must be true of a scene that they describe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COLOURS = ("red", "green", "blue", "yellow", "purple", "white", "black", "orange")
NOUNS = {"cube": "box", "box": "box", "cylinder": "cylinder", "can": "cylinder", "ball": "sphere", "bottle": "cylinder"}
"""Nouns and the shape of what they mean."""
PLURALS = {"box": "boxes"}
NUMBERS = ("", "a", "two", "three", "four", "five")
ROWS = ("in a row", "in a line", "side by side", "next to each other", "lined up")
TOWERS = ("in a stack", "stacked", "on top of each other", "piled up", "one on top of the other")
SIDES = {
    "left": ("left of", "to the left of", "on the left of"),
    "right": ("right of", "to the right of", "on the right of"),
    "behind": ("behind",),
    "front": ("in front of",),
    "near": ("next to", "beside"),
    "on": ("on", "on top of"),
}
"""Relations and their words."""
MOST = 5
_TOWER = 4


@dataclass(frozen=True, slots=True)
class SentenceGroup:
    """A counted part.

    Attributes:
        count: How many.
        colour: Their colour, which no other part has.
        noun: Their noun.
        shape: ``row``, ``tower``, ``pyramid``, or empty where nothing is said.
    """

    count: int
    colour: str
    noun: str
    shape: str


@dataclass(frozen=True, slots=True)
class SceneSentence:
    """One description.

    Attributes:
        seed: Its seed.
        words: The description.
        groups: Its parts.
        relations: Relation, number of the part that is placed, and that of the part it is placed by.
        table: Whether it is said that all stands on a table.
    """

    seed: int
    words: str
    groups: tuple[SentenceGroup, ...]
    relations: tuple[tuple[str, int, int], ...]
    table: bool


def scene_sentence(seed: int) -> SceneSentence:
    """The description of a seed."""
    rng = np.random.default_rng([67, seed])
    count = int(rng.integers(1, 4))
    colours = [str(colour) for colour in rng.permutation(COLOURS)[:count]]
    groups = [_group(rng, colour) for colour in colours]
    text, relations = _said(rng, groups[0]), list[tuple[str, int, int]]()
    for number in range(1, count):
        to = number - 1 if number == 1 or rng.random() < 0.5 else 0
        possible = [one for one in SIDES if one != "on" or _carries(groups[to], groups[number], relations, to)]
        relation = str(rng.choice(possible))
        relations.append((relation, number, to))
        text += _joined(rng, groups, number, to, relation)
    table = bool(rng.random() < 0.3)
    if table and all(relation != "on" for relation, *_ in relations):
        text = f"on the table there {'is' if groups[0].count == 1 and text.startswith('a ') else 'are'} {text}"
    else:
        table = False
    return SceneSentence(seed, text, tuple(groups), tuple(relations), table)


def _group(rng: np.random.Generator, colour: str) -> SentenceGroup:
    noun = str(rng.choice(list(NOUNS)))
    count = int(rng.integers(1, MOST + 1))
    shapes = ["", "row"] if count > 1 else [""]
    if 1 < count <= _TOWER and NOUNS[noun] != "sphere":
        shapes.append("tower")
    shape = str(rng.choice(shapes))
    if NOUNS[noun] == "box" and rng.random() < 0.1:
        shape, count = "pyramid", int(rng.choice([3, 6]))
    return SentenceGroup(count, colour, noun, shape)


def _carries(lower: SentenceGroup, upper: SentenceGroup, relations: list[tuple[str, int, int]], number: int) -> bool:
    """Whether a part may stand on another one."""
    free = all(not (relation == "on" and to == number) for relation, _, to in relations)
    single = lower.count == 1 or lower.shape == "tower"
    return free and single and upper.count == 1 and NOUNS[lower.noun] != "sphere"


def _noun(group: SentenceGroup) -> str:
    name = group.noun if group.count == 1 else PLURALS.get(group.noun, f"{group.noun}s")
    return f"{group.colour} {name}"


def _said(rng: np.random.Generator, group: SentenceGroup) -> str:
    """A part with its number and arrangement."""
    digits = str(group.count) if rng.random() < 0.2 else ("six" if group.count == 6 else NUMBERS[group.count])
    number = ("an" if group.colour[0] in "aeiou" else "a") if group.count == 1 else digits
    many = f"{number} {_noun(group)}"
    if group.shape == "pyramid":
        return f"a pyramid of {many}"
    if group.shape == "tower":
        return f"a tower of {many}" if rng.random() < 0.5 else f"{many} {rng.choice(TOWERS)}"
    if group.shape == "row":
        return f"a row of {many}" if rng.random() < 0.4 else f"{many} {rng.choice(ROWS)}"
    return many


def _joined(rng: np.random.Generator, groups: list[SentenceGroup], number: int, to: int, relation: str) -> str:
    """A further part, by its relation to an earlier one."""
    group, other, phrase = groups[number], groups[to], str(rng.choice(SIDES[relation]))
    last = to == number - 1
    named = f"the {_noun(other)}"
    reference = named if not last or rng.random() < 0.5 else ("it" if other.count == 1 else "them")
    link = str(rng.choice([" and ", ", and ", ", "]))
    if rng.random() < 0.35:
        return f"{link}{phrase} {reference} {_said(rng, group)}"
    return f"{link}{_said(rng, group)} {phrase} {reference}"
