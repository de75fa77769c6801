"""Doubt as measured: payload, latency and floor from runs, errors of places from what was seen before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skill_stack.connector.statistics.run import Run
from skill_stack.connector.statistics.store import RunStore
from skill_stack.connector.statistics.store import store_path as runs_path
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.store import ExperienceStore, store_path
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt
from skill_stack.runtime.rehearsal.responses import Responses, identified, load_responses, spread_of

NEWEST = 200
"""Tasks whose scenes are compared."""


def measured_doubt(resources: Resources, robot: str, told: Doubt) -> Doubt:
    """The told uncertainty with everything replaced that this robot has measured; files that cannot be read count not.

    Args:
        resources: Where runs, tasks and the robot's simulated responses are.
        robot: Name of the robot.
        told: ``config/rehearsal.yaml``.
    """
    try:
        responses = load_responses(resources, robot)
        with RunStore(runs_path(resources), existing=True) as store:
            runs: tuple[Run, ...] = store.ended(robot)
    except SkillStackError:
        responses, runs = None, ()
    tasks: list[Experience] = []
    try:
        if store_path(resources).is_file():
            with ExperienceStore(store_path(resources)) as memory:
                tasks = list(memory.each(robot, NEWEST))
    except SkillStackError:
        tasks = []
    return measured(told, responses, runs, tasks)


def measured(told: Doubt, responses: Responses | None, runs: Iterable[Run], tasks: Iterable[Experience]) -> Doubt:
    """The told uncertainty with what runs and tasks tell in its place.

    Args:
        told: What is stated.
        responses: What was simulated for the robot; None where nothing was.
        runs: Its runs, oldest first.
        tasks: Its tasks, oldest first.
    """
    found: dict[str, object] = dict(identified(responses, runs))
    seen = spread_of(list(_shifts(tasks)))
    if seen is not None:
        found |= {"position": seen[0], "unsure": seen[1]}
    return told.model_copy(update=found)


def _shifts(tasks: Iterable[Experience]) -> Iterator[tuple[float, float, float]]:
    """How far the entries of things that do not move shifted from one task to the next; those of a map never do."""
    before: dict[str, tuple[tuple[float, float, float], float]] = {}
    for task in tasks:
        for thing in task.things:
            was = before.get(thing.id)
            before[thing.id] = thing.position, 1.0 - thing.confidence
            if was is None or thing.movable or was[0] == thing.position:
                continue
            for axis in (0, 1):
                yield (thing.position[axis] - was[0][axis]) ** 2, was[1], 1.0 - thing.confidence
