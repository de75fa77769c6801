"""Arguments of a scenario's skill: drawn by the seed, as the task describes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skill_stack.connector.paths.clearance import limits_from, way_is_free
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.evaluation.span import parse_span, si_unit
from skill_stack.evaluation.suite import Task

FREE_WAY = 0.45
"""Distance to everything along a free path, m."""
LOOKS_AHEAD = 0.5
"""Free way beyond the end of a walk that is timed, m."""
ROOM = 0.5
"""Room around an open object, beside what every way keeps free, m."""
RING = np.linspace(0.0, 2.0 * math.pi, 16, endpoint=False)
"""Directions in which that room is checked, rad."""
PATIENCE = 200  # draws until a free way is found


def draw_arguments(task: Task, skill: SkillSpec, scene: SceneGraph, rng: np.random.Generator) -> dict[str, Any]:
    """Arguments of one episode.

    Args:
        task: The task.
        skill: The skill.
        scene: The world as the robot knows it, with where it is.
        rng: The seed's randomness.

    Raises:
        DataError: The skill has no such argument, a range lies outside the skill's, or no way is free.
    """
    parameters = {parameter.name: parameter for parameter in skill.goal}
    for name in task.arguments:
        if name not in parameters:
            raise DataError(f"'{skill.name}' has no argument '{name}'; it has: {', '.join(parameters) or 'none'}")
    for _ in range(PATIENCE):
        drawn = {name: _draw(parameters[name], how, scene, rng) for name, how in task.arguments.items()}
        if not task.free or _is_free(task.free, drawn, scene):
            return drawn
    raise DataError(f"'{task.name}': no arguments with a free way were found in {PATIENCE} draws")


def draw_rolling(speed: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    """Velocity of a ball that rolls in any direction, m/s.

    Args:
        speed: Range of its size, m/s.
        rng: The seed's randomness.
    """
    size, angle = rng.uniform(*speed), rng.uniform(-math.pi, math.pi)
    return size * math.cos(angle), size * math.sin(angle)


def any_arguments(skill: SkillSpec, scene: SceneGraph, rng: np.random.Generator) -> dict[str, Any]:
    """Any value of every argument of a skill."""
    return {parameter.name: _any(parameter, scene, rng) for parameter in skill.goal}


def _draw(parameter: GoalParameter, how: Any, scene: SceneGraph, rng: np.random.Generator) -> Any:
    """One argument."""
    if isinstance(how, list):
        return _draw(parameter, how[int(rng.integers(len(how)))], scene, rng)
    if how == "any":
        return _any(parameter, scene, rng)
    if how == "open" and parameter.type == "object":
        return str(rng.choice(_open(scene) or [thing.id for thing in scene.things]))
    if parameter.type != "number" or not isinstance(how, str):
        return parameter.check(_plain(how))
    try:
        low, high = parse_span(how, si_unit("" if parameter.unit == "1" else parameter.unit))
    except ValueError as error:
        raise DataError(f"argument '{parameter.name}': {error}") from error
    parameter.check(low)
    parameter.check(high)
    return float(rng.uniform(low, high))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _any(parameter: GoalParameter, scene: SceneGraph, rng: np.random.Generator) -> Any:
    if parameter.type == "choice":
        return str(rng.choice(parameter.choices))
    if parameter.type == "object":
        return str(rng.choice([thing.id for thing in scene.things]))
    assert parameter.lower is not None and parameter.upper is not None
    return float(rng.uniform(parameter.lower, parameter.upper))


def _open(scene: SceneGraph) -> list[str]:
    """Objects with room all around them."""
    outlines = Outlines.from_objects(scene.objects.values())
    return [thing.id for thing in scene.things if _has_room(thing, outlines)]


def _has_room(thing: SceneObject, outlines: Outlines) -> bool:
    others = [index for index, name in enumerate(outlines.names) if name != thing.id]
    reach = max(thing.size[0], thing.size[1]) / math.sqrt(2) + ROOM
    ring = [(thing.position[0] + reach * math.cos(a), thing.position[1] + reach * math.sin(a)) for a in RING]
    return not others or float(outlines.distances(np.array(ring))[:, others].min()) > FREE_WAY


def _is_free(kind: str, drawn: Mapping[str, Any], scene: SceneGraph) -> bool:
    """Whether the path that the arguments describe is free."""
    if kind == "displacement":
        ahead, left = float(drawn.get("forward", 0.0)), float(drawn.get("left", 0.0))
    else:
        way = float(drawn["vx"]) * float(drawn["duration"])
        ahead, left = way + math.copysign(LOOKS_AHEAD, way), 0.0
    outlines = Outlines.from_objects(scene.objects.values())
    here = scene.robot or Pose2(0.0, 0.0, 0.0)
    start, end = (here.x, here.y), here.compose(Pose2(ahead, left, 0.0))
    return way_is_free(outlines, start, (end.x, end.y), limits_from(outlines, start, FREE_WAY))


def path_of(
    task: Task, arguments: Mapping[str, Any], scene: SceneGraph, start: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Corners of the path of a task: its start, and the places that its arguments name.

    Args:
        task: The task.
        arguments: The episode's arguments.
        scene: The world.
        start: Where the base was at the beginning, m, shape (2,) or (3,).

    Returns:
        Shape (K, 2), m; None when the task has no path.
    """
    if not task.path:
        return None
    named = [str(arguments[name]) for name in task.path if arguments.get(name)]
    return np.array([start[:2], *(scene[name].position[:2] for name in named)])
