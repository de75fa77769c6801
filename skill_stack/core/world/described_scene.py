"""Described scenes: a blueprint laid out with things of usual sizes, as a scene file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.quantity import Mass, Positive
from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.blueprint_layout import layout
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import ObjectFile, SceneFile

AHEAD = {"": 1.0, "table": 0.02}
"""Distance of the nearest thing from the robot on the floor, and of the edge of a table, m."""
RIM = 0.1
"""Least distance of a thing from the edge of a table that is made larger for it, m."""
FLOOR = ("", "floor", "ground")
_FILE = Path(__file__).with_name("bodies.yaml")


class Body(DataModel):
    """The usual body of a thing.

    Attributes:
        shape: Geometry.
        size: Extents, m.
        mass: kg.
    """

    shape: Literal["box", "sphere", "cylinder"]
    size: tuple[Positive, Positive, Positive]
    mass: Mass


@cache
def usual_bodies() -> dict[str, Body]:
    """Usual bodies by noun."""
    raw: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {noun: parse_model(Body, body, f"bodies.yaml: {noun}") for noun, body in raw.items()}


def described_scene(blueprint: Blueprint, ground: str, alike: Callable[[str], list[str]]) -> SceneFile:
    """The scene of a description.

    Args:
        blueprint: What there is.
        ground: Noun of what it stands on; empty for the floor.
        alike: Other nouns for the same, the nearest first.

    Raises:
        UnknownName: The usual body of a noun is not known.
        Unbuildable: What should carry something differs in height, or is too far apart for it.
    """
    bodies = usual_bodies()

    def kind_of(noun: str) -> str:
        found = [one for one in (noun, *alike(noun)) if one in bodies]
        if not found:
            raise UnknownName("thing of a known size", noun, bodies)
        return found[0]

    kinds = {block.name: kind_of(block.kind or "block") for block in blueprint.blocks}
    things = {
        block.name: SceneObject(
            block.name, kinds[block.name], (0.0, 0.0, 0.0), 0.0, bodies[kinds[block.name]].shape,
            bodies[kinds[block.name]].size, block.colour, movable=True, mass=bodies[kinds[block.name]].mass,
        )
        for block in blueprint.blocks
    }  # fmt: skip
    places = layout(blueprint, things)
    placed = [
        replace(things[name], position=(place.x, place.y, place.z), yaw=place.yaw) for name, place in places.items()
    ]
    table = "" if ground in FLOOR else "table"
    shift, made = _ground(placed, table, bodies)
    objects = [_object(one, shift) for one in placed]
    name = "described"
    return SceneFile(name=name, description=blueprint.description, size=(6.0, 6.0), objects=(*made, *objects))


def _ground(
    placed: list[SceneObject], table: str, bodies: dict[str, Body]
) -> tuple[tuple[float, float, float], list[ObjectFile]]:
    """By how much everything is moved, m, and a table large enough for it, where there is one."""
    low = [min(one.position[axis] - one.radius for one in placed) for axis in (0, 1)]
    high = [max(one.position[axis] + one.radius for one in placed) for axis in (0, 1)]
    middle = [(a + b) / 2 for a, b in zip(low, high)]
    if not table:
        return (AHEAD[""] - low[0], -middle[1], 0.0), []
    usual = bodies[table]
    size = [max(usual.size[axis], high[axis] - low[axis] + 2 * RIM) for axis in (0, 1)]
    x = AHEAD[table] + size[0] / 2
    made = ObjectFile(
        id="table", kind="table", size=(size[0], size[1], usual.size[2]), position=(x, 0.0), colour="brown",
        names=("table",),
    )  # fmt: skip
    return (x - middle[0], -middle[1], usual.size[2]), [made]


def _object(one: SceneObject, shift: tuple[float, float, float]) -> ObjectFile:
    """A thing at its place in the scene."""
    x, y, z = (round(value + by, 4) for value, by in zip(one.position, shift))
    shape: Any = one.shape
    yaw = round(math.remainder(one.yaw, math.tau), 4)
    return ObjectFile(
        id=one.id, kind=one.kind, shape=shape, size=one.size, position=(x, y, z), yaw=yaw,
        colour=one.colour, movable=True, mass=one.mass,
    )  # fmt: skip


def scene_text(scene: SceneFile) -> str:
    """A scene as the content of its file."""
    data = scene.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=118, default_flow_style=None)
