"""Worlds of a scenario: the scene file with the suite's randomisation and perturbations, and a seed."""

from __future__ import annotations

from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import SceneFile, load_scene
from skill_stack.evaluation.span import Span
from skill_stack.evaluation.suite import Suite, Task

RANGES = ("friction", "added_mass", "latency", "motor_strength", "noise")
SHIFTS = ("start_shift", "start_yaw", "object_shift")


def varied_scene(resources: Resources, suite: Suite, task: Task) -> SceneFile:
    """The scene whose seeds are the worlds of a task; the same in one process and through the nodes.

    Args:
        resources: Where scenes are.
        suite: Its randomisation and perturbations.
        task: May name another scene.

    Raises:
        ResourceNotFound: There is no such scene.
        DataError: Its file is wrong.
    """
    scene = load_scene(resources.scene(task.scene or suite.scene))
    drawn, done = suite.randomisation, suite.perturbations
    changes: dict[str, object] = {name: getattr(drawn, name) for name in RANGES if getattr(drawn, name) is not None}
    changes |= {name: getattr(drawn, name)[1] for name in SHIFTS if getattr(drawn, name) is not None}
    variation = scene.variation.model_copy(update=changes)
    more = {
        "added_mass": _sum(variation.added_mass, done.payload),
        "latency": _sum(variation.latency, done.latency),
        "weak_motors": dict(done.weak_motors),
        "harsh": done.harsh or variation.harsh,
    }
    return scene.model_copy(update={"variation": variation.model_copy(update=more)})


def _sum(one: Span, other: Span) -> Span:
    return one[0] + other[0], one[1] + other[1]
