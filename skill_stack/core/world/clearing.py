"""Clearing: loose things that are all to be brought to one place, in an order that shows only as it is done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.core.world.scene import SceneObject


@dataclass(frozen=True, slots=True)
class Clearing:
    """Things to be put on a place.

    Attributes:
        place: Where they go.
        colour: Colour that they have; empty for any.
        shapes: Shapes that they have; empty for any.
        count: How many there were when it was planned.
        tried: Ids of the things that steps were planned for, in order; one may be there several times.
    """

    place: SceneObject
    colour: str = ""
    shapes: tuple[str, ...] = ()
    count: int = 0
    tried: tuple[str, ...] = ()

    def trying(self, thing: str) -> Clearing:
        """The same, with steps planned for a thing."""
        return replace(self, tried=(*self.tried, thing))
