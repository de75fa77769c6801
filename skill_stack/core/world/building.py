"""Building: a blueprint with the things of a scene that it is built of, and the place where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.blueprint_layout import BlockPlace
from skill_stack.core.world.scene import SceneObject


@dataclass(frozen=True, slots=True)
class Building:
    """A structure to be built.

    Attributes:
        blueprint: The structure.
        things: The thing used for each block, by the block's name, as it was when the structure was planned.
        ground: What it stands on.
        places: Where each block shall stand, in ``map``, m and rad, in order of placing.
    """

    blueprint: Blueprint
    things: Mapping[str, SceneObject]
    ground: SceneObject
    places: Mapping[str, BlockPlace]

    def built(self) -> tuple[SceneObject, ...]:
        """The blocks where they shall stand, in order of placing."""
        return tuple(
            replace(self.things[name], position=(place.x, place.y, place.z), yaw=place.yaw)
            for name, place in self.places.items()
        )
