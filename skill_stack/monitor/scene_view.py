"""SceneView: floor, walls and objects in the page."""

from __future__ import annotations

import math
from typing import Any

import viser

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import colour_of

WORLD = "/world"
"""Node of the page under which everything in ``map`` hangs."""

_PLACE_RADIUS, _PLACE_THICKNESS = 0.2, 0.01  # m, a disc on the floor
_LABEL_GAP = 0.06  # m between an object and its name
_FLOOR = 12.0  # m, extent of the floor where no wall tells
_WALL_OPACITY = 0.35


class SceneView:
    """Everything in the scene."""

    def __init__(self, server: viser.ViserServer) -> None:
        """Puts an empty floor into the page."""
        self._server = server
        self._shown: dict[str, tuple[SceneObject, list[Any]]] = {}
        self._size: tuple[float, float] = (0.0, 0.0)
        self._floor: Any = None
        self._lay_floor((_FLOOR, _FLOOR))

    def update(self, scene: SceneGraph) -> None:
        """Shows a scene: changed objects are redrawn, missing ones removed."""
        for name in [name for name in self._shown if name not in scene.objects]:
            self._remove(name)
        for name, thing in scene.objects.items():
            if name not in self._shown or _looks(self._shown[name][0]) != _looks(thing):
                self._remove(name)
                self._shown[name] = (thing, self._draw(thing))
        walls = [thing for thing in scene.objects.values() if thing.kind == "wall"]
        if walls:
            self._lay_floor(tuple(2 * max(abs(wall.position[axis]) for wall in walls) for axis in (0, 1)))

    def _remove(self, name: str) -> None:
        for handle in self._shown.pop(name, (None, []))[1]:
            handle.remove()

    def _draw(self, thing: SceneObject) -> list[Any]:
        name = f"{WORLD}/scene/{thing.id}"
        body = self._body(name, thing)
        if thing.kind == "wall":
            return [body]
        x, y, z = thing.position
        above = (x, y, z + (0.0 if thing.shape == "point" else thing.size[2] / 2) + _LABEL_GAP)
        return [body, self._server.scene.add_label(f"{name}_name", thing.label, position=above, anchor="bottom-center")]

    def _body(self, name: str, thing: SceneObject) -> Any:
        scene, wall = self._server.scene, thing.kind == "wall"
        turn = (math.cos(thing.yaw / 2), 0.0, 0.0, math.sin(thing.yaw / 2))
        look: dict[str, Any] = {"color": colour_of(thing), "position": thing.position, "wxyz": turn}
        if thing.shape == "sphere":
            return scene.add_icosphere(name, thing.size[0] / 2, **look)
        if thing.shape == "cylinder":
            return scene.add_cylinder(name, thing.size[0] / 2, thing.size[2], **look)
        if thing.shape == "point":
            return scene.add_cylinder(name, _PLACE_RADIUS, _PLACE_THICKNESS, opacity=0.6, **look)
        return scene.add_box(
            name, dimensions=thing.size, opacity=_WALL_OPACITY if wall else None, cast_shadow=not wall, **look
        )

    def _lay_floor(self, size: tuple[float, ...]) -> None:
        """A floor with lines every half metre; drawn anew only when its size, m, changes."""
        length, width = size
        if (length, width) == self._size:
            return
        self._size = (length, width)
        if self._floor is not None:
            self._floor.remove()
        self._floor = self._server.scene.add_grid(
            f"{WORLD}/floor",
            length,
            width,
            cell_size=0.5,
            section_size=1.0,
            cell_color=(215, 218, 222),
            section_color=(190, 195, 201),
            plane_color=(232, 235, 239),
            plane_opacity=1.0,
            shadow_opacity=0.25,
        )


def _looks(thing: SceneObject) -> tuple[Any, ...]:
    """Visible properties of an object: a newer observation alone changes nothing."""
    return thing.shape, thing.position, thing.yaw, thing.size, thing.colour, thing.label
