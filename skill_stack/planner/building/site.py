"""Site: where on the ground a structure is built, and free spots beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.blueprint_layout import BlockPlace, Unbuildable
from skill_stack.core.world.scene import SceneGraph, SceneObject

Spot = tuple[float, float]
PLACED = 0.02
"""Distance from its place up to which a block is there, m."""
TURNED = 0.25
"""Angle from its heading up to which a block that carries others with a second one may stay, rad."""
ROOM = 0.05
"""Gap between a structure and what is not of it, m: room for fingers."""
TIGHT = 0.015
"""The same between the places of its blocks and where they still stand, m."""
RIM = 0.03
"""Gap between a block and the edge of the ground, m."""
GRID = 0.03
"""Distance of the spots that are tried, m."""


def turned_by(thing: SceneObject, yaw: float) -> float:
    """Least angle between the heading of a thing and a wanted one, rad; equal sides may be exchanged."""
    if thing.shape != "box":
        return 0.0
    period = 0.5 * math.pi if abs(thing.size[0] - thing.size[1]) < 0.006 else math.pi
    return abs(wrap_angle((thing.yaw - yaw) * 2 * math.pi / period)) * period / (2 * math.pi)


def site(
    blueprint: Blueprint,
    places: Mapping[str, BlockPlace],
    things: Mapping[str, SceneObject],
    ground: SceneObject,
    scene: SceneGraph,
) -> Spot:
    """Where the middle of the structure goes, so that few blocks are moved, and these not far, m.

    Args:
        blueprint: The structure.
        places: Places relative to its middle.
        things: What each block is.
        ground: What it stands on.
        scene: Everything there is.

    Raises:
        Unbuildable: There is no room.
    """
    based = {name: place for name, place in places.items() if not blueprint[name].on}
    middle = [sum(things[name].position[axis] for name in based) / len(based) for axis in (0, 1)]
    best: tuple[tuple[int, float], Spot] | None = None
    for origin in _origins(based, things, ground):
        stay = [name for name, place in based.items() if _there(things[name], place, origin)]
        turned = any(
            turning_matters(blueprint, name) and turned_by(things[name], based[name].yaw) > TURNED for name in stay
        )
        if turned or not _free(based, origin, things, ground, scene):
            continue
        cost = (len(based) - len(stay), math.dist(origin, middle))
        if best is None or cost < best[0]:
            best = (cost, origin)
    if best is None:
        raise Unbuildable(f"there is no room for it on the {ground.label}")
    return best[1]


def _origins(based: Mapping[str, BlockPlace], things: Mapping[str, SceneObject], ground: SceneObject) -> Iterator[Spot]:
    """Middles at which one block stays where it is, then those of a grid."""
    for name, place in based.items():
        yield things[name].position[0] - place.x, things[name].position[1] - place.y
    yield from spots(ground)


def spots(ground: SceneObject) -> Iterator[Spot]:
    """Spots of a grid on the ground, m."""
    counts = [int(size / 2 / GRID) for size in ground.size[:2]]
    for i in range(-counts[0], counts[0] + 1):
        for j in range(-counts[1], counts[1] + 1):
            yield ground.position[0] + i * GRID, ground.position[1] + j * GRID


def turning_matters(blueprint: Blueprint, name: str) -> bool:
    """Whether the heading of a block matters: it lies across others, or carries something together with one."""
    return any(len(block.on) > 1 for block in (blueprint[name], *blueprint.upon(name)))


def _there(thing: SceneObject, place: BlockPlace, origin: Spot) -> bool:
    """Whether a block stands at its place already."""
    return math.dist(thing.position[:2], (origin[0] + place.x, origin[1] + place.y)) < PLACED


def _free(
    based: Mapping[str, BlockPlace],
    origin: Spot,
    things: Mapping[str, SceneObject],
    ground: SceneObject,
    scene: SceneGraph,
) -> bool:
    """Whether all blocks on the ground have room there."""
    members = {thing.id for thing in things.values()}
    for name, place in based.items():
        spot, thing = (origin[0] + place.x, origin[1] + place.y), things[name]
        others = [one for one in scene.things if one.id not in (thing.id, ground.id)]
        if not inside(spot, thing, ground) or not all(
            _apart(spot, thing, one, TIGHT if one.id in members else ROOM)
            or _goes(one, based, things, origin, before=name)
            for one in others
        ):
            return False
    return True


def _goes(
    one: SceneObject, based: Mapping[str, BlockPlace], things: Mapping[str, SceneObject], origin: Spot, before: str
) -> bool:
    """Whether something is a block whose own place is where it stands, or that goes there before another one."""
    for name, place in based.items():
        if things[name].id == one.id:
            return _there(one, place, origin) or list(based).index(name) < list(based).index(before)
    return False


def inside(spot: Spot, thing: SceneObject, ground: SceneObject) -> bool:
    """Whether a thing at a spot is on the ground, which lies along the map's axes, away from its edge."""
    return all(
        abs(at - middle) <= size / 2 - RIM - thing.radius * 0.8
        for at, middle, size in zip(spot, ground.position, ground.size)
    )


def _apart(spot: Spot, thing: SceneObject, other: SceneObject, gap: float) -> bool:
    return other.shape == "point" or math.dist(spot, other.position[:2]) >= thing.radius + other.radius + gap


def free_spot(thing: SceneObject, ground: SceneObject, others: Iterable[SceneObject], kept: Iterable[Spot]) -> Spot:
    """The nearest spot on the ground with room around it, away from places that are to stay free, m.

    Raises:
        Unbuildable: There is none.
    """
    beside, free = [one for one in others if one.id not in (thing.id, ground.id)], list(kept)
    fits = [
        spot
        for spot in spots(ground)
        if inside(spot, thing, ground)
        and all(_apart(spot, thing, one, ROOM) for one in beside)
        and all(math.dist(spot, place) > 2 * thing.radius + ROOM for place in free)
    ]
    if not fits:
        raise Unbuildable(f"there is no room on the {ground.label} to put the {thing.label} aside")
    return min(fits, key=lambda spot: math.dist(spot, thing.position[:2]))
