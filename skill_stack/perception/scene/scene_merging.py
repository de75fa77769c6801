"""Scene merging: seen positions replace stated ones, stated names stay."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from skill_stack.core.spatial import solids
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.perception.scene.colour_names import MISTAKEN

SAME = 0.6
"""Distance up to which a seen object may be a stated one, in addition to its size, m."""
WHOLE = 0.8
"""Share of a stated extent from which a thing counts as seen as a whole."""
LEVEL = 0.05
"""Height above a stated thing from which what is seen is not of it, m."""
SEAM = 0.1
"""Distance from the outline of a wall within which the middle of what is no higher is a piece of it, m: less than half
of what stands at a wall and is to be walked around.
"""
EQUAL = 0.15
"""Logarithm of the ratio of extents up to which they are equal."""
FURNITURE = 0.4
"""Least length of what is not carried away, and may be covered in part, m."""
SHAPELESS = ("place", "wall")


def merge(
    stated: SceneGraph, seen: SceneGraph, fixed: bool = False, known: dict[str, str] | None = None
) -> SceneGraph:
    """The stated scene merged with what is seen.

    A thing that is seen where one of its shape and colour is stated, or nearly there, is that one: it keeps the stated
    name, kind and other names, and is where it was seen. Everything else of both stays as it is; of two facts about
    what something lies on, the one that is seen counts.

    Args:
        stated: Map and stated facts.
        seen: What perception found.
        fixed: Whether stated things that cannot be moved stay where they are stated, since the robot's own place is
            corrected by them; so do its walls, of which a camera sees one where two are in one plane.
        known: Stated names of movable things by those that perception follows them by; brought up to date. What is
            followed keeps its name wherever it is carried; None: only what is seen near its stated place has it.
    """
    if fixed:
        walls = [one for one in stated.objects.values() if one.kind == "wall"]
        things = {name: one for name, one in seen.objects.items() if not _of_wall(one, walls)}
        seen = replace(seen, objects=things)
    names = _names(stated, seen, {} if known is None else known)
    objects = dict(stated.objects)
    for name, thing in seen.objects.items():
        whole = next((one.id for one in stated.things if _piece(thing, one)), "")
        if names[name] not in stated.objects and whole:
            names[name] = whole  # what stands on it stands on the whole
            continue
        told = stated.objects.get(names[name])
        objects[names[name]] = replace(thing, id=names[name]) if told is None else _as_told(told, thing, fixed)
    facts = {Fact(f.predicate, tuple(names.get(a, a) for a in f.arguments)) for f in seen.facts}
    carried = {f.arguments[0] for f in facts if f.predicate == "on"}
    kept = {f for f in stated.facts if not (f.predicate == "on" and f.arguments[0] in carried)}
    return SceneGraph(objects, frozenset(kept | facts), stated.robot)


def with_followed(scene: SceneGraph, followed: SceneGraph) -> SceneGraph:
    """The scene with its things where they were seen that are followed by their stated names.

    Args:
        scene: Everything else that is known.
        followed: Things and facts of who follows them.
    """
    seen = {
        name: replace(scene.objects[name], position=one.position, confidence=one.confidence, last_seen=one.last_seen)
        for name, one in followed.objects.items()
        if name in scene.objects
    }
    return SceneGraph({**scene.objects, **seen}, scene.facts | followed.facts, scene.robot)


def as_stated(seen: SceneGraph, stated: SceneGraph) -> SceneGraph:
    """Detected things with shape and colour of stated ones of the same kind nearby, so that ``merge`` knows them.

    Args:
        seen: Things of a detector, which knows neither.
        stated: What is known besides.
    """
    objects = {}
    for name, thing in seen.objects.items():
        told = stated.objects.get(nearest_of_kind(thing, stated.objects, set()))
        objects[name] = thing if told is None else replace(thing, shape=told.shape, colour=told.colour)
    return replace(seen, objects=objects)


def nearest_of_kind(thing: SceneObject, known: Mapping[str, SceneObject], taken: Set[str]) -> str:
    """Name of the nearest thing of the same kind within reach; empty for none.

    Args:
        thing: The thing.
        known: Where it is looked for, by name.
        taken: Names that are not meant.
    """
    near = [
        (math.dist(one.position[:2], thing.position[:2]), name)
        for name, one in known.items()
        if one.kind == thing.kind and name not in taken
    ]
    distance, name = min(near, default=(math.inf, ""))
    return name if name and distance <= SAME + 0.5 * max(known[name].size[:2]) else ""


def with_rooms(scene: SceneGraph) -> SceneGraph:
    """The scene with the room of each object: ``in(thing, room)`` for places that have an extent.

    Where a thing is seen counts before what was said of it; of rooms within one another the smallest counts.

    Args:
        scene: Everything that is known.
    """
    rooms = [one for one in scene.objects.values() if one.kind == "place" and min(one.size[:2]) > 0]
    rooms.sort(key=lambda one: one.size[0] * one.size[1])
    names = {one.id for one in rooms}
    found = {}
    for thing in scene.things:
        room = next((one for one in rooms if _inside(thing, one)), None)
        if room is not None:
            found[thing.id] = Fact("in", (thing.id, room.id))
    kept = {f for f in scene.facts if not (f.predicate == "in" and f.arguments[0] in found and f.arguments[1] in names)}
    return SceneGraph(scene.objects, frozenset(kept | set(found.values())), scene.robot)


def _inside(thing: SceneObject, room: SceneObject) -> bool:
    """Whether an object is within the extent of a place."""
    dx, dy = thing.position[0] - room.position[0], thing.position[1] - room.position[1]
    c, s = math.cos(room.yaw), math.sin(room.yaw)
    return abs(c * dx + s * dy) <= room.size[0] / 2 and abs(c * dy - s * dx) <= room.size[1] / 2


def _of_wall(thing: SceneObject, walls: Iterable[SceneObject]) -> bool:
    """Whether what is seen is a wall, or the end of a stated one that looks like a thing."""
    return thing.kind == "wall" or any(
        solids.over(thing, wall, SEAM) and solids.top(thing) < solids.top(wall) + LEVEL for wall in walls
    )


def _piece(thing: SceneObject, whole: SceneObject) -> bool:
    """Whether what is seen is a side of a stated thing that looks like a thing of its own."""
    alike = thing.colour == whole.colour or frozenset((thing.colour, whole.colour)) in MISTAKEN
    inside = solids.over(thing, whole) and solids.top(thing) < solids.top(whole) + LEVEL
    return alike and inside and thing.radius < WHOLE * whole.radius and thing.kind not in SHAPELESS


def _stands_on(thing: SceneObject, told: SceneObject) -> bool:
    """Whether a smaller thing is above a stated one, so that it cannot be that one."""
    above = thing.position[2] - thing.size[2] / 2 > solids.top(told) - LEVEL
    return above and solids.over(thing, told) and thing.radius < WHOLE * told.radius


def _as_told(told: SceneObject, seen: SceneObject, fixed: bool) -> SceneObject:
    """A stated object at its seen position, unless it cannot be moved and the map is fixed; with a hinge it has turned
    about that. A camera sees no front: of the headings that look alike, the stated one.
    """
    if fixed and not told.movable:
        return replace(told, last_seen=seen.last_seen)
    if told.hinge is not None or told.lifted is not None:
        return replace(told.opened_by(seen.opened), confidence=seen.confidence, last_seen=seen.last_seen)
    yaw = told.yaw
    parts = [have < WHOLE * whole for have, whole in zip(sorted(seen.size[:2]), sorted(told.size[:2]))]
    if any(parts) and math.dist(seen.position[:2], told.position[:2]) < told.radius:
        return replace(told, confidence=seen.confidence, last_seen=seen.last_seen)  # a part of it, which has not moved
    if seen.shape == "box":
        turns = (seen.yaw + quarter * math.pi / 2 for quarter in range(4))
        yaw = min(turns, key=lambda one: abs(math.remainder(one - told.yaw, math.tau)))
    return replace(told, position=seen.position, yaw=yaw, confidence=seen.confidence, last_seen=seen.last_seen)


def _names(stated: SceneGraph, seen: SceneGraph, known: dict[str, str]) -> dict[str, str]:
    """Unique names of the seen objects in the whole scene; those that are ``known`` keep theirs, which is renewed."""
    pairs = sorted(
        (_apart(told, thing), name, told.id)
        for name, thing in seen.objects.items()
        for told in stated.objects.values()
        if _may_be(told, thing)
    )
    found = {name: told for name, told in known.items() if name in seen.objects and told in stated.objects}
    taken = set(found.values())
    for _, name, told in pairs:
        if name not in found and told not in taken:
            found[name] = told
            taken.add(told)
    known.clear()
    known.update({name: told for name, told in found.items() if stated[told].movable})
    taken |= set(stated.objects)
    for name in seen.objects:
        if name not in found:
            found[name] = free_name(name, taken)
            taken.add(found[name])
    return found


def _apart(told: SceneObject, thing: SceneObject) -> float:
    """How far a seen thing is from being a stated one, in place and in size, m."""
    return math.dist(told.position, thing.position) + math.dist(sorted(told.size[:2]), sorted(thing.size[:2]))


def _may_be(told: SceneObject, thing: SceneObject) -> bool:
    if any(one.hinge is not None or one.lifted is not None for one in (told, thing)):
        return told.id == thing.id  # who measures hinges knows them from the map
    if told.kind in SHAPELESS or thing.kind in SHAPELESS:
        return told.kind == thing.kind == "wall" and math.dist(told.position[:2], thing.position[:2]) < SAME
    alike = told.colour in ("", thing.colour) or frozenset((told.colour, thing.colour)) in MISTAKEN
    alike = alike or _coincide(told, thing)  # what covers a table in part changes its colour
    if told.shape != thing.shape or not alike or _stands_on(thing, told):
        return False
    return math.dist(told.position[:2], thing.position[:2]) <= SAME + 0.5 * max(told.size[:2])


def _coincide(told: SceneObject, thing: SceneObject) -> bool:
    """Whether two pieces of furniture fill the same place, as no two do; what a hand carries may be exchanged."""
    if max(told.size[:2]) < FURNITURE:
        return False
    sides = ((*sorted(one.size[:2]), one.size[2]) for one in (told, thing))
    alike = all(abs(math.log(max(a, 1e-3) / max(b, 1e-3))) < EQUAL for a, b in zip(*sides))
    return alike and math.dist(told.position, thing.position) < LEVEL


def free_name(name: str, taken: Set[str]) -> str:
    """A name, with the first number behind it that makes it a new one where it is taken.

    Args:
        name: The name.
        taken: Names that others have.
    """
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
