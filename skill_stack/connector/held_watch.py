"""HeldWatch: whether what a skill needs held is still where hands hold it, as far as a camera tells."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.connector.guides.guide import GuideFailure
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import Pose2, SceneGraph

HOLDING = "holding"
"""Predicate of what hands hold; its last argument is that."""
FALLEN, APART = 0.25, 0.9
"""How far below where it was when the step began, and how far from the robot, a held thing cannot be, m."""
UNSEEN = 4.0
"""Time for which a thing that was seen in the hands may be out of sight, s."""


def held_by(spec: SkillSpec, arguments: dict[str, float | str]) -> frozenset[str]:
    """Things that must be held while a skill runs, by its preconditions."""
    needed = (Literal.parse(text).ground(arguments) for text in spec.preconditions)
    return frozenset(one.arguments[-1] for one in needed if one.positive and one.predicate == HOLDING)


LOST = "object is held"
"""Name of the failure of a held thing that is no longer held."""


def held_after(
    held: frozenset[Fact], outcome: StepOutcome, spec: SkillSpec, arguments: dict[str, float | str]
) -> frozenset[Fact]:
    """What the robot holds after a step, by the effects of its skill.

    Args:
        held: What it held before.
        outcome: How the step ended; what is lost is not held, and what fails otherwise changes nothing.
        spec: Its skill.
        arguments: Its arguments.
    """
    if outcome.violated == LOST:
        return frozenset()
    if outcome.outcome != "succeeded":
        return held
    told = (Literal.parse(text).ground(arguments) for text in spec.effects)
    return apply_effects(held, [one for one in told if one.predicate == HOLDING and one.arguments[0] == "robot"])


class HeldWatch:
    """Watches things from the first check on."""

    def __init__(self, names: Iterable[str], hidden: bool = False) -> None:
        """Takes the ids of the things, and whether fingers hide what they hold, so that not to see it tells nothing."""
        self._names, self._hidden = tuple(names), hidden
        self._heights: dict[str, float] = {}

    def check(self, pose: Pose2 | None, scene: SceneGraph, now: float) -> None:
        """Compares where things were seen with the robot.

        Args:
            pose: The robot in ``map``, or None when unknown.
            scene: The world; things that nobody looked for tell nothing.
            now: Task time, s.

        Raises:
            GuideFailure: One of them is no longer held.
        """
        for name in self._names:
            thing = scene.objects.get(name)
            if thing is None or thing.last_seen <= 0.0:
                continue
            height = self._heights.setdefault(name, thing.position[2])
            away = pose.distance_to(*thing.position[:2]) if pose is not None else 0.0
            if height - thing.position[2] > FALLEN or away > APART:
                raise GuideFailure(LOST, f"'{name}' has slipped out of my hands")
            if not self._hidden and now - thing.last_seen > UNSEEN:
                raise GuideFailure(LOST, f"I no longer see '{name}' between my hands")
