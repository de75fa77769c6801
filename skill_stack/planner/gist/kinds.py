"""Kinds: which things stay where they are, and which others are laid down on or in."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.reference import Resolver
from skill_stack.planner.roles import Types

HOLDERS = ("fixed", "furniture", "support", "surface", "container")
"""Types of things on or in which others are."""

HELD = frozenset("cup glass mug plate bowl bottle tray bag case box jar pot pan jug board chair mat suitcase".split())
"""Kinds that may hold something and are carried about all the same."""


Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Tells what is carried from what it is carried to.

    Attributes:
        types: Kinds of things.
        resolver: The scene.
    """

    types: Types
    resolver: Resolver

    def stays(self, name: str) -> bool:
        """Whether nobody carries a thing about: a room, a door, a table."""
        return self.resolver.kind(name) == "place" or self._is(name, "fixed", "furniture")

    def lives(self, name: str) -> bool:
        """Whether a thing is an animal, on which nothing is laid down."""
        return self.resolver.kind(name) != "place" and self._is(name, "alive")

    def holds(self, name: str) -> bool:
        """Whether a thing is rather where others are laid down than what is carried."""
        return self.rank(name) > 1

    def rank(self, name: str) -> int:
        """How sure others are laid down on or in a thing: 3 for a room, 2 for a table, 1 for a box, 0 for an apple."""
        if self.resolver.kind(name) == "place":
            return 3
        if not self._is(name, *HOLDERS):
            return 0
        kind = self.resolver.kind(name).replace("_", " ").split()[-1]
        filled = any(
            name in places_of(other, self.resolver.facts) for other in self.types.scene.objects if other != name
        )
        return 1 if kind in HELD and not filled else 2

    def receives(self, holder: Ids, things: Ids) -> bool:
        """Whether what is named last is where what was named before it goes: ``socks, basket``."""
        least = min(map(self.rank, holder), default=0)
        return least > max(map(self.rank, things), default=0) and not all(map(self.stays, things))

    def _is(self, name: str, *groups: str) -> bool:
        """Whether a thing is of one of some groups of kinds."""
        kind = self.resolver.kind(name).replace("_", " ")
        return any({kind, kind.split()[-1]} & set(self.types.lexicon.things.types[group].kinds) for group in groups)
