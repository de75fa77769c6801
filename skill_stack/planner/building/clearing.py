"""Steps of a clearing: the thing that is free goes next; where none is, the one that a push frees best."""

from __future__ import annotations

import math

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import best_push, finger_room, small
from skill_stack.core.spatial.solids import bottom, over, top
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.building.placing import needed_placing

PITCH = 0.045
"""Gap between things that are put down side by side, m: room for fingers."""
ROUNDS = 3
"""Attempts at a thing after which others go first."""
MOST = 6
"""Attempts at a thing after which it is left, and attempts for each thing on average."""


def things_left(clearing: Clearing, scene: SceneGraph) -> list[SceneObject]:
    """The things that are not on the place yet."""
    place = scene.objects.get(clearing.place.id, clearing.place)
    return [
        one
        for one in scene.things
        if small(one) and one.id != place.id and not _upon(one, place)
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
    skill = needed_placing(library)
    left = things_left(clearing, scene)
    if not left:
        return None
    often = {one.id: clearing.tried.count(one.id) for one in left}
    open_ = [one for one in left if often[one.id] < MOST]
    if not open_ or len(clearing.tried) >= MOST * max(clearing.count, 1):
        raise Unbuildable(f"I tried each of the {len(left)} things that are left without success")
    room = {one.id: finger_room(one, scene.things) for one in open_}
    free = [one for one in open_ if room[one.id] > 0.0 and often[one.id] < ROUNDS]
    if free:
        chosen = min(free, key=lambda one: (often[one.id], -room[one.id], one.id))
    else:
        gains = {one.id: push.gain for one in open_ if (push := best_push(one, scene.things)) is not None}
        chosen = max(open_, key=lambda one: (one.id in gains, -(often[one.id] // 2), gains.get(one.id, 0.0), one.id))
    place = scene.objects.get(clearing.place.id, clearing.place)
    x, y = _spot(chosen, place, scene, often[chosen.id])
    arguments = {
        "target": chosen.id, "place": place.id, "x": round(x - place.position[0], 4),
        "y": round(y - place.position[1], 4), "heading": round(place.yaw, 4),
    }  # fmt: skip
    step = PlanNode("skill", skill=skill.name, arguments=arguments, why=f"put on the {place.label}")
    return PlanNode("sequence", (step,), why=f"put all on the {place.label}")


def _upon(thing: SceneObject, place: SceneObject) -> bool:
    return over(thing, place) and bottom(thing) > bottom(place) - 0.01 and top(thing) > top(place)


def _spot(thing: SceneObject, place: SceneObject, scene: SceneGraph, nth: int) -> tuple[float, float]:
    """A spot on the place, the one farthest from what stands there first, m."""
    upon = [one.position[:2] for one in scene.things if one.id not in (thing.id, place.id) and _upon(one, place)]
    pitch, c, s = max(thing.size[:2]) + PITCH, math.cos(place.yaw), math.sin(place.yaw)
    counts = [max(1, int((size - max(thing.size[:2])) / pitch) + 1) for size in place.size[:2]]
    grid = [
        (pitch * (i - (counts[0] - 1) / 2), pitch * (j - (counts[1] - 1) / 2))
        for i in range(counts[0])
        for j in range(counts[1])
    ]
    spots = [(place.position[0] + a * c - b * s, place.position[1] + a * s + b * c) for a, b in grid]
    rooms = {spot: min((math.dist(spot, one) for one in upon), default=math.inf) for spot in spots}
    fitting = sorted((spot for spot in spots if rooms[spot] > 0.8 * pitch), key=lambda spot: (
        -min(rooms[spot], 2 * pitch), math.dist(spot, thing.position[:2])))  # fmt: skip
    if not fitting:
        raise Unbuildable(f"there is no room left on the {place.label}")
    return fitting[nth % len(fitting)]
