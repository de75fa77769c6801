"""Remaining: the placings that a structure still needs, from what is seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.building import Building
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.building.binding import resting
from skill_stack.planner.building.placing import needed_placing
from skill_stack.planner.building.site import PLACED, free_spot

UPRIGHT = 0.02
"""Difference in height from its place up to which a block stands there, m."""
SIMILAR = 0.4
"""Largest relative difference in each extent of a thing that is taken for a lost one."""


@dataclass(slots=True)
class _Seen:
    """A structure as it is seen.

    Attributes:
        building: The structure.
        scene: What there is.
        things: The thing that is each block now.
        steps: The placings so far.
        now: Where each block is, or will be after these, m, and its heading, rad.
        standing: Blocks that stand at their place.
        aside: Things that were put aside.
    """

    building: Building
    scene: SceneGraph
    skill: SkillSpec
    things: Mapping[str, SceneObject]
    steps: list[PlanNode] = field(default_factory=list)
    now: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    standing: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)


def seen_things(building: Building, scene: SceneGraph) -> dict[str, SceneObject]:
    """The thing that is each block now: the one it was, or where that is gone another one of its looks.

    Raises:
        Unbuildable: There is none.
    """
    found = {name: scene.objects[was.id] for name, was in building.things.items() if was.id in scene.objects}
    for name, was in building.things.items():
        if name in found:
            continue
        taken = {one.id for one in found.values()}
        alike = [one for one in scene.things if one.id not in taken and _alike(one, was)]
        if not alike:
            raise Unbuildable(f"I no longer see the {was.label}")
        found[name] = min(alike, key=lambda one: math.dist(one.position, was.position))
    return found


def _alike(one: SceneObject, was: SceneObject) -> bool:
    """Whether a thing looks like another one did; from some sides a small box and a cylinder look the same."""
    sizes = zip(sorted(one.size), sorted(was.size))
    return one.colour == was.colour and all(abs(a - b) < SIMILAR * max(a, b) for a, b in sizes)


def fallen(building: Building, scene: SceneGraph, placed: frozenset[str]) -> str:
    """Which of the things that were put to their place no longer stand there, in words; empty where all do.

    Args:
        building: The structure.
        scene: What there is.
        placed: Ids of things that were put there.
    """
    try:
        things = seen_things(building, scene)
    except Unbuildable:
        return ""  # what is hidden for a moment may stand
    down = [one.label for name, one in _missing(building, things) if building.things[name].id in placed]
    return f"the {' and the '.join(down)} no longer {'stands' if len(down) == 1 else 'stand'} there" if down else ""


def _missing(building: Building, things: Mapping[str, SceneObject]) -> Iterator[tuple[str, SceneObject]]:
    """Blocks that do not stand at their place, each with its thing."""
    now: dict[str, tuple[float, float, float]] = {}
    for name in building.places:
        target = _target(building, name, now)
        now[name] = (*things[name].position[:2], things[name].yaw)
        if not _stands(building, name, things[name], target):
            now[name] = target
            yield name, things[name]


def _target(building: Building, name: str, now: Mapping[str, tuple[float, float, float]]) -> tuple[float, float, float]:
    """Where a block shall stand, x and y, m, and its heading, rad: over what carries it as that stands now."""
    place, on = building.places[name], building.blueprint[name].on
    if not on:
        return place.x, place.y, place.yaw
    x, y = (sum(now[one][axis] for one in on) / len(on) for axis in (0, 1))
    yaw = place.yaw
    if len(on) == 1 and building.things[on[0]].shape == "box":  # straight on what is under it
        yaw = wrap_angle(now[on[0]][2] + place.yaw - building.places[on[0]].yaw)
    return x, y, yaw


def _stands(building: Building, name: str, thing: SceneObject, target: tuple[float, float, float]) -> bool:
    """Whether a block is at its place, on the right height."""
    near = math.dist(thing.position[:2], target[:2]) <= PLACED
    return near and abs(thing.position[2] - building.places[name].z) <= UPRIGHT


def remaining(building: Building, scene: SceneGraph, library: SkillLibrary) -> PlanNode | None:
    """The placings that are left, in order; None where the structure stands.

    What lies where a block goes, or on a block that has to be moved, is put aside first.

    Args:
        building: The structure.
        scene: What is seen.
        library: Skills.

    Raises:
        Unbuildable: It cannot be gone on with; says why.
    """
    skill = needed_placing(library)
    seen = _Seen(building, scene, skill, seen_things(building, scene))
    missing = {name for name, _ in _missing(building, seen.things)}
    for name in building.places:
        target, thing = _target(building, name, seen.now), seen.things[name]
        if name not in missing:
            seen.now[name] = (*thing.position[:2], thing.yaw)
            seen.standing.add(name)
            continue
        _clear_away(seen, name, target)
        _place(seen, name, target)
    if not seen.steps:
        return None
    why = building.blueprint.description or building.blueprint.name
    return PlanNode("sequence", tuple(seen.steps), why=f"build: {why}")


def _place(seen: _Seen, name: str, target: tuple[float, float, float]) -> None:
    """Puts a block to its place."""
    on = seen.building.blueprint[name].on
    under = seen.things[on[0]] if on else _ground(seen)
    middle = seen.now[on[0]][:2] if on else under.position[:2]
    seen.steps.append(_step(seen, seen.things[name], under, (target[0] - middle[0], target[1] - middle[1]), target[2]))
    seen.now[name] = target
    seen.standing.add(name)


def _ground(seen: _Seen) -> SceneObject:
    """The ground as it is seen now."""
    return seen.scene.objects.get(seen.building.ground.id, seen.building.ground)


def _step(seen: _Seen, thing: SceneObject, under: SceneObject, shift: tuple[float, float], heading: float) -> PlanNode:
    """One placing."""
    values = {"x": round(shift[0], 4), "y": round(shift[1], 4), "heading": round(wrap_angle(heading), 4)}
    arguments = {"target": thing.id, "place": under.id, **values}
    return PlanNode("skill", skill=seen.skill.name, arguments=arguments, why=seen.building.blueprint.description)


def _clear_away(seen: _Seen, name: str, target: tuple[float, float, float]) -> None:
    """Puts aside what lies on a block, or where it goes."""
    block, thing = seen.building.blueprint[name], seen.things[name]
    kept = {seen.things[one].id for one in seen.standing} | seen.aside
    carriers = {seen.things[one].id for one in block.on}
    there = replace(thing, position=(target[0], target[1], seen.building.places[name].z))
    for one in seen.scene.things:
        if one.id in (thing.id, seen.building.ground.id, *carriers, *kept):
            continue
        in_the_way = _overlap(one, there) or any(resting(one, seen.things[other]) for other in block.on)
        if in_the_way or resting(one, thing):
            _put_aside(seen, one)


def _overlap(one: SceneObject, other: SceneObject) -> bool:
    """Whether a thing takes up some of the place of another one."""
    near = math.dist(one.position[:2], other.position[:2]) < 0.8 * (one.radius + other.radius)
    return near and abs(one.position[2] - other.position[2]) < 0.45 * (one.size[2] + other.size[2])


def _put_aside(seen: _Seen, thing: SceneObject, depth: int = 0) -> None:
    """Puts a thing, and before it what lies on it, to a free spot."""
    if depth > len(seen.things) + 1:
        raise Unbuildable(f"I cannot get at the {thing.label}")
    kept = {seen.things[one].id for one in seen.standing} | seen.aside
    for one in seen.scene.things:
        if one.id not in (thing.id, seen.building.ground.id, *kept) and resting(one, thing):
            _put_aside(seen, one, depth + 1)
    ground = _ground(seen)
    based = [place for name, place in seen.building.places.items() if not seen.building.blueprint[name].on]
    taken = [(node.arguments["x"] + ground.position[0], node.arguments["y"] + ground.position[1])
             for node in seen.steps if node.arguments["place"] == ground.id]  # fmt: skip
    spot = free_spot(thing, ground, seen.scene.things, [*((one.x, one.y) for one in based), *taken])
    shift = (spot[0] - ground.position[0], spot[1] - ground.position[1])
    seen.steps.append(_step(seen, thing, ground, shift, thing.yaw))
    seen.aside.add(thing.id)
