"""Diagnosis: the typed cause of a failed step, from its outcome and from the scene that the robot knew and knows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.plan import PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner.dialogue.remedies import remedy_for

MOVED_BY = 0.3
"""Distance from which a thing counts as moved, m: three times the error of a place that was looked at once."""
BESIDE = 0.8
"""Distance from the straight way within which a person is in it, m: half a robot and half a person, and a step."""
PERSON = "person"
SURE = (FailureCause.SWITCHED_OFF, FailureCause.SLIPPED, FailureCause.TOO_HEAVY)
"""Causes that the violated condition tells, whatever the scene shows: what is pushed has moved, or is out of sight."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a step failed.

    Attributes:
        cause: The cause.
        thing: The object that it is about, by id, or empty.
    """

    cause: FailureCause
    thing: str = ""


def diagnosed(
    outcome: StepOutcome,
    node: PlanNode | None,
    library: SkillLibrary,
    before: SceneGraph | None,
    now: SceneGraph,
    kinds: Callable[[SceneObject], frozenset[str]],
) -> Diagnosis:
    """The cause of a failure.

    Args:
        outcome: How the step ended.
        node: The step, with its arguments, or None where it is not known.
        library: Skills.
        before: The scene when the step began, as the robot knew it; None where that is not known.
        now: The scene now, as the robot knows it.
        kinds: Returns the kinds of a thing.
    """
    remedy = remedy_for(outcome, library)
    cause = remedy.cause if remedy is not None else FailureCause.UNKNOWN
    things = _things(node, library)
    if cause in SURE:
        return Diagnosis(cause, things[0] if things and cause is not FailureCause.SWITCHED_OFF else "")
    own = _moved_by_itself(cause, node, library)
    for name in things:
        if name not in now.objects:
            return Diagnosis(FailureCause.NOT_VISIBLE, name)
        was = None if before is None or name in own else before.objects.get(name)
        if was is not None and math.dist(was.position[:2], now.objects[name].position[:2]) > MOVED_BY:
            return Diagnosis(FailureCause.MOVED, name)
    if cause is FailureCause.BLOCKED:
        aim = next((now.objects[name] for name in things if name not in own), None)
        person = _person_between(now, aim, kinds)
        return Diagnosis(FailureCause.PERSON, person) if person else Diagnosis(cause)
    return Diagnosis(cause, things[0] if things else "")


def _things(node: PlanNode | None, library: SkillLibrary) -> list[str]:
    """Objects in the arguments of a step."""
    if node is None or node.skill not in library:
        return []
    names = (node.arguments.get(one.name) for one in library[node.skill].goal if one.type == "object")
    return [str(name) for name in names if name]


def _moved_by_itself(cause: FailureCause, node: PlanNode | None, library: SkillLibrary) -> frozenset[str]:
    """Objects that a blocked step brings elsewhere, by the effects of its skill: they are not where they were."""
    if cause is not FailureCause.BLOCKED or node is None or node.skill not in library:
        return frozenset()
    told = (Literal.parse(text) for text in library[node.skill].effects)
    places = [one.ground(node.arguments) for one in told if one.positive and one.predicate in ("at", "on")]
    return frozenset(one.arguments[0] for one in places)


def _person_between(
    scene: SceneGraph, aim: SceneObject | None, kinds: Callable[[SceneObject], frozenset[str]]
) -> str:
    """Id of a person near the straight way to an object, or near the robot where there is none; else empty."""
    here = scene.robot
    if here is None:
        return ""
    end = (here.x, here.y) if aim is None else aim.position[:2]
    people = [one for one in scene.things if (aim is None or one.id != aim.id) and PERSON in kinds(one)]
    near = [one for one in people if _beside(here, end, one) < BESIDE + one.radius]
    return near[0].id if near else ""


def _beside(here: Pose2, end: tuple[float, ...], thing: SceneObject) -> float:
    """Distance of an object's centre from a straight way, m."""
    dx, dy = end[0] - here.x, end[1] - here.y
    px, py = thing.position[0] - here.x, thing.position[1] - here.y
    along = max(0.0, min(1.0, (px * dx + py * dy) / max(dx * dx + dy * dy, 1e-9)))
    return math.hypot(px - along * dx, py - along * dy)
