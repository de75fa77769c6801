"""Turning: the heading that a thing is to have, so that a part of it points where words say."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.spatial.parts import parts_of
from skill_stack.core.spatial.relations import SIDES, Viewing, side_direction
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

AS_IT_IS, UPRIGHT, LYING = "as_it_is", "upright", "lying"
"""Choices that ask for no direction: any, and how it stands; everything that is seen stands upright."""
FRONT = "front"
"""What points along the heading of every thing."""


def own_directions(thing: SceneObject, scene: SceneGraph) -> dict[str, float]:
    """Where parts of a thing point, relative to its heading, rad; those that point up or down have none.

    Args:
        thing: The thing, as it stands.
        scene: With the facts on parts that were seen.
    """
    parts = parts_of(thing, scene.facts)
    found = {name: one.heading for name, one in parts.items()}
    return {FRONT: 0.0} | {name: wrap_angle(yaw - thing.yaw) for name, yaw in found.items() if yaw is not None}


def goal_heading(
    arguments: Mapping[str, float | str], thing: SceneObject, at: tuple[float, float], scene: SceneGraph, viewer: Pose2,
    own: Mapping[str, float],
) -> float | None:  # fmt: skip
    """The heading of a thing at its goal; None where the words ask for none.

    Args:
        arguments: ``turned`` (a side, ``towards_me``, ``away_from_me``, ``towards``, ``away_from``, ``towards_wall``,
            or one of the choices without a direction), ``axis`` (the part that is to point there; :data:`FRONT` by
            default), and ``towards``, the thing that ``towards`` and ``away_from`` mean.
        thing: The thing.
        at: Where it will be, m.
        scene: The scene.
        viewer: The robot, whose view counts.
        own: Where its parts point, see :func:`own_directions`.

    Raises:
        DataError: Nobody knows where the part or the other thing is, or a hand cannot turn it so.
    """
    turned, axis = str(arguments.get("turned", AS_IT_IS)), str(arguments.get("axis", FRONT))
    if turned == AS_IT_IS and arguments.get("towards"):
        turned = "towards"
    if turned == LYING:
        raise DataError(f"the hand turns the {thing.label} about the vertical alone: it can be put down upright only")
    if turned in (AS_IT_IS, UPRIGHT):
        return None
    if axis not in own:
        known = ", ".join(sorted(own))
        raise DataError(f"where the {axis} of the {thing.label} is has not been seen; known are {known}")
    return wrap_angle(_direction(turned, str(arguments.get("towards", "")), at, scene, viewer) - own[axis])


def _direction(turned: str, towards: str, at: tuple[float, float], scene: SceneGraph, viewer: Pose2) -> float:
    """The direction that words mean at a place, rad in ``map``."""
    here = SceneObject("here", "place", (*at, 0.0), shape="point")
    if turned in SIDES:
        return side_direction(turned, here, Viewing("viewer", viewer))
    away = math.pi if turned.startswith("away") else 0.0
    if turned in ("towards_me", "away_from_me"):
        return math.atan2(viewer.y - at[1], viewer.x - at[0]) + away
    if turned == "towards_wall":
        walls = [one for one in scene.objects.values() if one.kind == "wall"]
        if not walls:
            raise DataError("no wall is known here")
        return min(_to_wall(one, at) for one in walls)[1]
    if towards not in scene.objects:
        raise DataError(f"'{towards}' is not in the scene, so nothing can face it" if towards else "facing what?")
    x, y, _ = scene[towards].position
    return math.atan2(y - at[1], x - at[0]) + away


def _to_wall(wall: SceneObject, at: tuple[float, float]) -> tuple[float, float]:
    """Distance to a wall, m, and the direction straight to it, rad."""
    x, y = Pose2(*wall.position[:2], wall.yaw).local(*at)
    long = 0 if wall.size[0] >= wall.size[1] else 1
    off = (x, y)[1 - long]
    beyond = max(abs((x, y)[long]) - wall.size[long] / 2, 0.0)
    across = wall.yaw + (math.pi / 2 if long == 0 else 0.0)
    return math.hypot(off, beyond), across + (math.pi if off > 0 else 0.0)
