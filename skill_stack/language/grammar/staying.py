"""Staying: objects that cannot be moved; a window of another room is not the one of the room in question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.language.phrases.geometry import places_of
from skill_stack.language.words.lexicon import Lexicon

STAYING = ("fixed", "device", "furniture")
"""Types of what nobody carries to another room without saying so."""


def elsewhere(
    thing: SceneObject, rooms: Collection[str], facts: Iterable[Fact], lexicon: Lexicon,
    scene: Mapping[str, SceneObject],
) -> bool:  # fmt: skip
    """Whether a thing that stays where it is is stated to be in another room than those that are named.

    Args:
        thing: The thing.
        rooms: Ids of the rooms.
        facts: What is stated.
        lexicon: Types of things, and what leads from room to room.
        scene: Everything that is there.
    """
    kind = thing.kind.replace("_", " ")
    names = {kind, kind.split()[-1]}
    staying = {kind for one in STAYING for kind in lexicon.things.types[one].kinds}
    if names & (lexicon.nouns.between_rooms | lexicon.nouns.moved) or not names & staying:
        return False
    where = {name for name in places_of(thing.id, facts) if name in scene and scene[name].kind == "place"}
    return bool(where) and not where & set(rooms)
