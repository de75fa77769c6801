"""Builder: from a blueprint to a building that stands in simulation, or the reason why none does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.blueprint_layout import BlockPlace, Unbuildable, layout
from skill_stack.core.world.building import Building
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.building.binding import Nouns, bindings, ground_of
from skill_stack.planner.building.site import site

Falls = Callable[[Sequence[SceneObject], SceneObject], str]
"""Blocks where they shall stand, and the ground → id of the first that does not stay; empty where all do."""
MOST_TRIED = 4
"""Bindings whose stability is tried."""


@dataclass(frozen=True, slots=True)
class Builder:
    """Plans structures.

    Attributes:
        nouns: Nouns of a thing.
        falls: Tries in simulation whether blocks stand; None where nothing can.
    """

    nouns: Nouns
    falls: Falls | None = None

    def building(self, blueprint: Blueprint, scene: SceneGraph) -> Building:
        """A structure of the things of a scene, checked for stability at every stage.

        Args:
            blueprint: The structure.
            scene: What there is.

        Raises:
            Unbuildable: It cannot be built; says why.
        """
        ground, problem = ground_of(scene), None
        tried = 0
        for things in bindings(blueprint, scene, ground, self.nouns):
            try:
                building = self._placed(blueprint, things, ground, scene)
                self._check(building)
                return building
            except Unbuildable as error:
                problem, tried = problem or error, tried + 1
            if tried >= MOST_TRIED:
                break
        raise problem or Unbuildable("nothing that I see fits together")

    def _placed(
        self, blueprint: Blueprint, things: dict[str, SceneObject], ground: SceneObject, scene: SceneGraph
    ) -> Building:
        places = layout(blueprint, things)
        x, y = site(blueprint, places, things, ground, scene)
        top = ground.position[2] + ground.size[2] / 2
        there = {name: BlockPlace(x + place.x, y + place.y, top + place.z, place.yaw) for name, place in places.items()}
        return Building(blueprint, things, ground, there)

    def _check(self, building: Building) -> None:
        """Raises Unbuildable where a stage of the structure falls."""
        if self.falls is None:
            return
        blocks = [replace(one, movable=True) for one in building.built()]
        for count, name in enumerate(building.places, start=1):
            on = building.blueprint[name].on
            if not on and count < len(blocks):
                continue
            down = self.falls(blocks[:count], building.ground)
            if down:
                under = " and the ".join(building.things[one].label for one in on)
                label = next(one.label for one in blocks if one.id == down)
                told = f" once the {building.things[name].label} is on the {under}" if under else ""
                raise Unbuildable(f"it would not stand: in simulation the {label} falls{told}")
