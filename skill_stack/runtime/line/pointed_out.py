"""PointedOut: the point that a network gave → a thing or place of the scene → arguments of a skill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.spatial.solids import bottom, local, top
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.perception.grasps.proposing import LARGEST
from skill_stack.perception.scene.look_observer import Observation

Point = tuple[float, float, float]
SLACK = 0.03
"""Distance from the solid of a thing up to which a point on its surface is of it, m."""
OFFSETS = ("x", "y")
"""Arguments that tell a spot on a place, from its middle along the map's axes, m."""


@dataclass(frozen=True, slots=True)
class PointedOut:
    """What a point means.

    Attributes:
        thing: Id of the thing; empty where nothing is known there.
        point: The point, in ``map``, m.
        offset: From the middle of the thing along the map's x and y axes, m.
    """

    thing: str
    point: Point
    offset: tuple[float, float] = (0.0, 0.0)


def seen_scene(seen: Observation) -> SceneGraph:
    """The things of a look as a scene, named after colour and kind, each name once."""
    things: dict[str, SceneObject] = {}
    for one in seen.things:
        name = f"{one.colour}_{one.kind}".strip("_")
        same = sum(other == name or other.rpartition("_")[0] == name for other in things)
        name = f"{name}_{same + 1}" if same else name
        x, y, z = (float(value) for value in one.position)
        things[name] = SceneObject(
            name, one.kind, (x, y, z), one.yaw, one.shape, one.size, one.colour, confidence=one.confidence
        )
    return SceneGraph(things)


def pointed_out(point: Point, scene: SceneGraph) -> PointedOut:
    """The thing on whose surface a point is; of several the smallest, as a cup on a table is meant before that.

    Args:
        point: In the frame of the scene, m.
        scene: What there is.
    """
    on = [one for one in scene.things if one.shape != "point" and _away(one, point) <= SLACK]
    if not on:
        return PointedOut("", point)
    small = [one for one in on if max(one.size[:2]) < LARGEST]
    thing = min(small or on, key=lambda one: (_away(one, point), one.radius))
    return PointedOut(thing.id, point, (point[0] - thing.position[0], point[1] - thing.position[1]))


def _away(thing: SceneObject, point: Point) -> float:
    """Distance of a point from the solid of a thing, m; 0 within it."""
    along, aside = local(thing, np.array([point[:2]]))[0].tolist()
    if thing.shape in ("sphere", "cylinder"):
        flat = max(math.hypot(along, aside) - thing.radius, 0.0)
    else:
        flat = math.hypot(max(abs(along) - thing.size[0] / 2, 0.0), max(abs(aside) - thing.size[1] / 2, 0.0))
    return math.hypot(flat, max(bottom(thing) - point[2], point[2] - top(thing), 0.0))


def skill_arguments(skill: SkillSpec, meant: PointedOut, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments with which a skill acts on what was pointed out.

    The first object that a skill needs and that is not given is the thing; where the skill takes a spot on it
    (``x`` and ``y``), that is the point.

    Args:
        skill: The skill.
        meant: What was pointed out.
        given: Arguments that are given besides.

    Raises:
        DataError: Nothing is known at the point, or the skill acts on nothing that is still to be named.
    """
    objects = [one.name for one in skill.goal if one.type == "object" and one.name not in given]
    if not objects:
        named = ", ".join(one.name for one in skill.goal) or "nothing"
        raise DataError(f"'{skill.name}' takes {named}: no object that a point could name")
    if not meant.thing:
        x, y, z = meant.point
        raise DataError(f"nothing is known at {x:.3f} {y:.3f} {z:.3f} m that '{skill.name}' could act on")
    goal = {one.name for one in skill.goal}
    spot = dict(zip(OFFSETS, (round(value, 4) for value in meant.offset))) if goal >= set(OFFSETS) else {}
    return {**given, objects[0]: meant.thing, **{name: value for name, value in spot.items() if name not in given}}
