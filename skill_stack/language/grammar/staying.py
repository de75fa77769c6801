"""What stays where it is: a window that is in another room is not the one of the room that is spoken of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.language.phrases.geometry import places_of
from skill_stack.language.words.lexicon_files import Things

STAYING = ("fixed", "device", "furniture")
"""Types of what nobody carries to another room without saying so."""

BETWEEN_ROOMS = frozenset("door gate lift elevator stairs staircase hatch barrier".split())
"""Kinds of what leads from one room to another and belongs to both."""

MOVED = frozenset("laptop computer radio speaker kettle fan heater tray cart trolley stool chair bench".split())
"""Kinds that are found in one room and named by another all the same."""


def elsewhere(
    thing: SceneObject, rooms: Collection[str], facts: Iterable[Fact], things: Things,
    scene: Mapping[str, SceneObject],
) -> bool:  # fmt: skip
    """Whether a thing that stays where it is is stated to be in another room than those that are named.

    Args:
        thing: The thing.
        rooms: Ids of the rooms.
        facts: What is stated.
        things: Types of things.
        scene: Everything that is there.
    """
    kind = thing.kind.replace("_", " ")
    names = {kind, kind.split()[-1]}
    if names & (BETWEEN_ROOMS | MOVED) or not any(names & set(things.types[one].kinds) for one in STAYING):
        return False
    where = {name for name in places_of(thing.id, facts) if name in scene and scene[name].kind == "place"}
    return bool(where) and not where & set(rooms)
