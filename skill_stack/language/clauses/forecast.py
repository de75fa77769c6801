"""Forecast: the robot's pose after a step, for "the nearest" and "left" in later clauses."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.core.steps import Step
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language.phrases.frames import angular, directional
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

BODY = 0.5
"""Distance from the robot's centre to the outline of its destination, m: half a body and a gap."""


def pose_after(step: Step, pose: Pose2 | None, scene: SceneGraph, lexicon: Lexicon) -> Pose2 | None:
    """Returns the pose after a step, by its effects and its distances.

    Args:
        step: The step.
        pose: The pose before in ``map``, or None if unknown.
        scene: The scene.
        lexicon: Opposites of directions.
    """
    if pose is None:
        return None
    for literal in (*step.wants, *step.effects):
        thing = scene.objects.get(literal.arguments[-1]) if literal.arguments else None
        if not literal.positive or len(literal.arguments) not in (1, 2) or thing is None:
            continue
        if literal.arguments[:-1] and literal.arguments[0] in scene.objects:  # about a thing, not about the robot
            continue
        x, y, _ = thing.position
        heading = pose.yaw + pose.bearing_to(x, y)
        if literal.predicate in WORDS.near_facts:
            gap = min(pose.distance_to(x, y), thing.radius + BODY)
            pose = Pose2(x - gap * math.cos(heading), y - gap * math.sin(heading), heading)
        elif literal.predicate == "facing":
            pose = replace(pose, yaw=heading)
    return pose.compose(_displacement(step, lexicon))


def _displacement(step: Step, lexicon: Lexicon) -> Pose2:
    """The displacement of a turn or a walk, in the frame of the robot."""
    sides = directional(step.spec, lexicon.directions.opposites)
    ahead, left = (float(step.arguments.get(sides[d][0], 0.0)) if d in sides else 0.0 for d in ("forward", "left"))
    angle = angular(step.spec)
    return Pose2(ahead, left, angle[1] * float(step.arguments.get(angle[0].name, 0.0)) if angle else 0.0)
