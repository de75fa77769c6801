"""Region of a run's goal and context of the run, as keys of its statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.world.scene import SceneGraph

NEAR, MIDDLE = 1.0, 3.0
"""Distances up to which a target is near, or in the middle, m."""

AHEAD, BEHIND = math.radians(45), math.radians(135)
"""Bearings up to which a target is ahead, or beside, rad."""

SHARES = ((0.1, "small"), (0.4, "medium"), (1.0, "large"))
"""Sizes of a number compared with the largest that a skill takes."""

_OF_THE_BODY = ("posture", "near", "facing", "at")


def region_of(spec: SkillSpec, arguments: Mapping[str, float | str], scene: SceneGraph) -> str:
    """The region of a goal: distance and bearing of targets, sign and size of numbers, choices as they are.

    Args:
        spec: The skill.
        arguments: Its arguments, completed.
        scene: The world with the robot in it.
    """
    words = [f"{one.name}={_word(one, arguments[one.name], scene)}" for one in spec.goal if one.name in arguments]
    return " ".join(words)


def context_of(scene: SceneGraph, arguments: Mapping[str, float | str]) -> str:
    """Stated facts about the robot or about what the arguments name, e.g. ``carrying slippery``.

    Args:
        scene: The world.
        arguments: Arguments of the skill.
    """
    about = {"robot", *(value for value in arguments.values() if isinstance(value, str))}
    found = {fact.predicate for fact in scene.facts if about.intersection(fact.arguments)}
    return " ".join(sorted(found.difference(_OF_THE_BODY)))


def _word(parameter: GoalParameter, value: float | str, scene: SceneGraph) -> str:
    if isinstance(value, str):
        return _place(value, scene) if parameter.type == "object" else value
    most = max(abs(parameter.lower or 0.0), abs(parameter.upper or 0.0)) or 1.0
    share = abs(value) / most
    if share < 1e-6:
        return "0"
    size = next((word for limit, word in SHARES if share <= limit), SHARES[-1][1])
    return ("-" if value < 0 else "+") + size


def _place(name: str, scene: SceneGraph) -> str:
    thing = scene.objects.get(name)
    if thing is None or scene.robot is None:
        return "unknown"
    x, y, _ = thing.position
    distance, bearing = scene.robot.distance_to(x, y), abs(scene.robot.bearing_to(x, y))
    far = "near" if distance <= NEAR else "middle" if distance <= MIDDLE else "far"
    return f"{far},{'ahead' if bearing <= AHEAD else 'aside' if bearing <= BEHIND else 'behind'}"
