"""Which objects words leave open: *a ball*, *any box*, *one of the chairs*; a stated colour is kept."""

from __future__ import annotations

import re
from typing import NamedTuple

from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

_ANY = r"\b(?:an?|any|some|one of the)\s+((?:[a-z]+\s+){0,2}?)(%s)\b"


class OpenObject(NamedTuple):
    """Words that leave an object open.

    Attributes:
        start: Index of their first character in the text.
        end: Index after their last one.
        noun: Their noun.
        adjectives: What else they say of it.
    """

    start: int
    end: int
    noun: str
    adjectives: frozenset[str]

    def named(self, text: str, other: SceneObject) -> str:
        """The text with an object by its label in place of these words."""
        return f"{text[: self.start]}the {other.label}{text[self.end :]}"


def left_open(text: str, thing: SceneObject) -> OpenObject | None:
    """The words that leave an object open; None where there are none.

    Args:
        text: The instruction.
        thing: The object that was chosen for them.
    """
    words = "|".join(re.escape(w) for w in sorted({thing.kind, *thing.names}, key=len, reverse=True))
    match = re.search(_ANY % words, text, re.I)
    if match is None:
        return None
    return OpenObject(match.start(), match.end(), match[2].lower(), frozenset(match[1].lower().split()))


def fitting(thing: SceneObject, words: OpenObject, scene: SceneGraph) -> list[SceneObject]:
    """Other objects that the same words may mean, the nearest to the robot first."""
    pose = scene.robot or Pose2(0.0, 0.0, 0.0)
    found = [
        other
        for other in scene.things
        if other.id != thing.id and words.noun in (other.kind, *other.names) and words.adjectives <= {other.colour}
    ]
    return sorted(found, key=lambda other: pose.distance_to(*other.position[:2]))
