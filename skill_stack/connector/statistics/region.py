"""Region of a run's goal and context of the run, as keys of its statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.core.rewards.reward_arguments import WEIGHT, in_use
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.world.scene import SceneGraph

NEAR, MIDDLE = 1.0, 3.0
"""Distances up to which a target is near, or in the middle, m."""

AHEAD, BEHIND = math.radians(45), math.radians(135)
"""Bearings up to which a target is ahead, or beside, rad."""

SHARES = ((0.1, "small"), (0.4, "medium"), (1.0, "large"))
"""Sizes of a number compared with the largest that a skill takes."""

DEVICE = "device"
"""First word of the region of a motion that moves a device: what simulation shows says nothing of that."""

_OF_THE_BODY = ("posture", "near", "facing", "at")


def region_of(spec: SkillSpec, arguments: Mapping[str, float | str], scene: SceneGraph) -> str:
    """The region of a goal: distance and bearing of targets, sign and size of numbers, choices as they are.

    Of a motion by reward terms those that are in use count, by how far they are from rest.

    Args:
        spec: The skill.
        arguments: Its arguments, completed.
        scene: The world with the robot in it.
    """
    part, rest, told = spec.sampled, dict[str, float](), dict(arguments)
    if part is not None and takes_terms(spec):
        rest, on = part.rest, in_use({name: value for name, value in told.items() if isinstance(value, float)})
        told = {name: value for name, value in on.items() if not name.endswith(WEIGHT)}
    words = [
        f"{one.name}={_word(one, told[one.name], scene, rest.get(one.name, 0.0))}"
        for one in spec.goal
        if one.name in told
    ]
    return " ".join([DEVICE, *words] if part is not None and part.cautious else words)


def covers(further: str, region: str) -> bool:
    """Whether one region of a motion by terms has the same terms in the same directions, none of them nearer to rest.

    Args:
        further: A region, as :func:`region_of` gives it.
        region: The other one.
    """
    one, other = ([word.partition("=") for word in text.split()] for text in (further, region))
    if [name for name, _, _ in one] != [name for name, _, _ in other]:
        return False
    return all(_size(small) <= _size(large) and (small == "0" or small[:1] == large[:1])
               for (_, _, large), (_, _, small) in zip(one, other))  # fmt: skip


def context_of(scene: SceneGraph, arguments: Mapping[str, float | str]) -> str:
    """Stated facts about the robot or about what the arguments name, e.g. ``carrying slippery``.

    Args:
        scene: The world.
        arguments: Arguments of the skill.
    """
    about = {"robot", *(value for value in arguments.values() if isinstance(value, str))}
    found = {fact.predicate for fact in scene.facts if about.intersection(fact.arguments)}
    return " ".join(sorted(found.difference(_OF_THE_BODY)))


def _word(parameter: GoalParameter, value: float | str, scene: SceneGraph, rest: float = 0.0) -> str:
    if isinstance(value, str):
        return _place(value, scene) if parameter.type == "object" else value
    most = max(abs((parameter.lower or 0.0) - rest), abs((parameter.upper or 0.0) - rest)) or 1.0
    share = abs(value - rest) / most
    if share < 1e-6:
        return "0"
    size = next((word for limit, word in SHARES if share <= limit), SHARES[-1][1])
    return ("-" if value < rest else "+") + size


def _size(word: str) -> int:
    """Rank of a word for a number; 0 for none."""
    return next((rank for rank, (_, size) in enumerate(SHARES, 1) if word[1:] == size), 0)


def _place(name: str, scene: SceneGraph) -> str:
    thing = scene.objects.get(name)
    if thing is None or scene.robot is None:
        return "unknown"
    x, y, _ = thing.position
    distance, bearing = scene.robot.distance_to(x, y), abs(scene.robot.bearing_to(x, y))
    far = "near" if distance <= NEAR else "middle" if distance <= MIDDLE else "far"
    return f"{far},{'ahead' if bearing <= AHEAD else 'aside' if bearing <= BEHIND else 'behind'}"
