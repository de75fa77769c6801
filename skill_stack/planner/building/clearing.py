"""Steps of a clearing: the thing that is free goes next; where none is, the one that a push frees best."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import best_push, finger_room, small
from skill_stack.core.spatial.solids import bottom, over, plan_gap, top
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.building.placing import placing_skill

PITCH = 0.045
"""Gap between things that are put down side by side, m: room for fingers."""
FINE, BETWEEN = 0.02, 0.03
"""Distance of the spots that are tried where the grid is full, and the least gap there, m."""
ROUNDS = 3
"""Attempts at a thing after which others go first."""
MOST = 6
"""Attempts at a thing after which it is left, and attempts for each thing on average."""


def things_left(clearing: Clearing, scene: SceneGraph) -> list[SceneObject]:
    """The things that are not on the place yet."""
    place = scene.objects.get(clearing.place.id, clearing.place)
    return [one for one in _meant(clearing, scene) if not _upon(one, place)]


def _meant(clearing: Clearing, scene: SceneGraph) -> list[SceneObject]:
    """The things that it is about, wherever they are."""
    return [
        one
        for one in scene.things
        if small(one) and one.id != clearing.place.id
        and clearing.colour in ("", one.colour) and (not clearing.shapes or one.shape in clearing.shapes)
    ]  # fmt: skip


def next_placing(clearing: Clearing, scene: SceneGraph, library: SkillLibrary) -> PlanNode | None:
    """The step that brings the next thing to the place; None where all are there.

    Args:
        clearing: What goes where.
        scene: What is seen.
        library: Skills.

    Raises:
        Unbuildable: It cannot be gone on with; says why.
    """
    skill = placing_skill(library)
    if skill is None:
        raise Unbuildable("I have no skill that puts a thing at a stated spot")
    left = things_left(clearing, scene)
    if not left:
        if (known := len(_meant(clearing, scene))) < clearing.count:  # what fell off, or lies unseen, is not put away
            where = f"on the {clearing.place.label}"
            raise Unbuildable(f"I see {known} of the {clearing.count} things {where}, the others nowhere")
        return None
    often = {one.id: clearing.tried.count(one.id) for one in left}
    open_ = [one for one in left if often[one.id] < MOST]
    if not open_ or len(clearing.tried) >= MOST * max(clearing.count, 1):
        raise Unbuildable(f"I tried each of the {len(left)} things that are left without success")
    place = scene.objects.get(clearing.place.id, clearing.place)
    for chosen in _in_order(open_, often, scene):
        spot = _spot(chosen, place, scene, often[chosen.id])
        if spot is not None:
            break
    else:
        raise Unbuildable(f"there is no room left on the {place.label}")
    arguments = {
        "target": chosen.id, "place": place.id, "x": round(spot[0] - place.position[0], 4),
        "y": round(spot[1] - place.position[1], 4), "heading": round(place.yaw, 4),
    }  # fmt: skip
    step = PlanNode("skill", skill=skill.name, arguments=arguments, why=f"put on the {place.label}")
    return PlanNode("sequence", (step,), why=f"put all on the {place.label}")


def _in_order(open_: list[SceneObject], often: dict[str, int], scene: SceneGraph) -> list[SceneObject]:
    """What is free first, the freest of it; then what a push frees, the freest again."""
    room = {one.id: finger_room(one, scene.things) for one in open_}
    free = [one for one in open_ if room[one.id] > 0.0 and often[one.id] < ROUNDS]
    free.sort(key=lambda one: (often[one.id], -room[one.id], one.id))
    if free:
        return free
    gains = {one.id: push.gain for one in open_ if (push := best_push(one, scene.things)) is not None}
    rank = {one.id: (one.id in gains, -(often[one.id] // 2), gains.get(one.id, 0.0), one.id) for one in open_}
    return sorted(open_, key=lambda one: rank[one.id], reverse=True)


def _upon(thing: SceneObject, place: SceneObject) -> bool:
    return over(thing, place) and bottom(thing) > bottom(place) - 0.01 and top(thing) > top(place)


def _spot(thing: SceneObject, place: SceneObject, scene: SceneGraph, nth: int) -> tuple[float, float] | None:
    """A spot on the place, the one farthest from what stands there first, m; None where there is no room for fingers.

    Spots of a grid come first, and those between them only where no other is left.
    """
    upon = [one for one in scene.things if one.id not in (thing.id, place.id) and _upon(one, place)]
    pitch = max(thing.size[:2]) + PITCH
    for step in (pitch, FINE):
        spots = _grid(place, [size - max(thing.size[:2]) for size in place.size[:2]], step)
        rooms = {spot: _room(thing, spot, place.yaw, upon, pitch) for spot in spots}
        fitting = sorted((spot for spot in spots if rooms[spot] >= BETWEEN), key=lambda spot: (
            -min(rooms[spot], pitch), math.dist(spot, thing.position[:2])))  # fmt: skip
        if fitting:
            return fitting[nth % len(fitting)]
    return None


def _grid(place: SceneObject, sides: list[float], step: float) -> list[tuple[float, float]]:
    """Spots around the middle of a place, within sides along its axes, m."""
    counts = [max(1, int(side / step) + 1) for side in sides]
    c, s = math.cos(place.yaw), math.sin(place.yaw)
    grid = [
        (step * (i - (counts[0] - 1) / 2), step * (j - (counts[1] - 1) / 2))
        for i in range(counts[0])
        for j in range(counts[1])
    ]
    return [(place.position[0] + a * c - b * s, place.position[1] + a * s + b * c) for a, b in grid]


def _room(thing: SceneObject, spot: tuple[float, float], yaw: float, upon: list[SceneObject], most: float) -> float:
    """Free distance around a thing that is put at a spot, m."""
    there = replace(thing, position=(*spot, thing.position[2]), yaw=yaw)
    return min((plan_gap(there, one) for one in upon), default=most)
