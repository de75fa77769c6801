"""Fixed things: which objects belong to a room for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from skill_stack.core.spatial.relations import places_of
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.language.words.lexicon import Lexicon

STAYING = ("fixed", "device", "furniture")
"""Types of objects that are not moved to another room without a statement of it."""


def elsewhere(
    thing: SceneObject, rooms: Collection[str], facts: Iterable[Fact], lexicon: Lexicon,
    scene: Mapping[str, SceneObject],
) -> bool:  # fmt: skip
    """Whether a fixed object is stated to be in other rooms than the named ones.

    Args:
        thing: The object.
        rooms: Ids of the named rooms.
        facts: Facts that hold now.
        lexicon: Types of objects, and connections between rooms.
        scene: All objects by id.
    """
    kind = thing.kind.replace("_", " ")
    names = {kind, kind.split()[-1]}
    staying = {kind for one in STAYING for kind in lexicon.things.types[one].kinds}
    if names & (lexicon.nouns.between_rooms | lexicon.nouns.moved) or not names & staying:
        return False
    where = {name for name in places_of(thing.id, facts) if name in scene and scene[name].kind == "place"}
    return bool(where) and not where & set(rooms)
