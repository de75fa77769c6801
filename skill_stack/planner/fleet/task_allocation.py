"""Spread: divides the objects of a list among robots to minimise the time of the last one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner.fleet.standing import STEP_COST, Standing, gap

IDLE_SHARE = 0.05
"""Weight of the sum of all paths beside the longest one: a tie-breaker."""

MOST_WAYS = 4096
"""Most divisions that are compared; beyond it jobs are assigned one by one to the robot that gets there first."""

_MORE = re.compile(r'^asked: "(?:and )?(?:to )?(?:the|an?|some|any|my|your)\b', re.I)
"""A further object of a long list, without its own verb."""


def jobs_of(plan: Plan, library: SkillLibrary, scene: SceneGraph) -> list[str]:
    """Each object of a list as its own instruction; nothing when the plan is not one clause over several objects.

    Args:
        plan: What one robot would do.
        library: Its skills.
        scene: The world.
    """
    steps = plan.tree.children if plan.tree is not None else ()
    asked = [step for step in steps if step.type == "skill" and step.why.startswith("asked")]
    if not _one_clause(asked) or any(step.type != "skill" for step in steps):
        return []
    spec = library[asked[0].skill]
    objects = [p.name for p in spec.goal if p.type == "object"]
    if len(objects) != 1 or len({s.arguments[objects[0]] for s in asked}) < len(asked):
        return []
    phrase = next((p for p in spec.phrases if re.findall(r"\{(\w+)\}", p) == objects), None)
    if phrase is None:
        return []
    things = [scene[str(step.arguments[objects[0]])] for step in asked]
    return [phrase.replace(f"{{{objects[0]}}}", _noun_phrase(thing, scene)) for thing in things]


def _one_clause(asked: Sequence[PlanNode]) -> bool:
    """Whether several steps do the same, requested in the same words or as further things of a list."""
    if len(asked) < 2 or len({step.skill for step in asked}) > 1:
        return False
    return len({step.why for step in asked}) == 1 or all(_MORE.match(step.why) for step in asked[1:])


def _noun_phrase(thing: SceneObject, scene: SceneGraph) -> str:
    """A thing by its label, or by its id where others have the same label."""
    same = sum(other.label == thing.label for other in scene.objects.values())
    return f"the {thing.label}" if same == 1 else thing.id


def spread(standing: Standing, names: Sequence[str], jobs: Sequence[str]) -> dict[str, list[str]] | None:
    """Independent jobs by robot, in execution order; None when it cannot be done.

    Args:
        standing: How things stand.
        names: The robots.
        jobs: The jobs, in words.
    """
    alone = {(name, job): standing.ask(name, job).status == "plan" for name in names for job in jobs}
    ways: Iterator[tuple[str, ...]] = itertools.product(names, repeat=len(jobs))
    if len(names) ** len(jobs) > MOST_WAYS:
        ways = iter([_greedy(standing, names, jobs, alone)])
    best: tuple[float, dict[str, list[str]]] | None = None
    for way in ways:
        if not all(alone[name, job] for name, job in zip(way, jobs, strict=True)):
            continue
        shares = {name: [job for who, job in zip(way, jobs, strict=True) if who == name] for name in names}
        lengths = {name: _tour(standing, name, share) for name, share in shares.items()}
        costs = [length for length, _ in lengths.values()]
        cost = max(costs) + IDLE_SHARE * sum(costs)
        if best is None or cost < best[0] - 1e-9:
            best = cost, {name: order for name, (_, order) in lengths.items()}
    return None if best is None else best[1]


def _tour(standing: Standing, name: str, jobs: Sequence[str]) -> tuple[float, list[str]]:
    """Nearest-first tour through the objects of some jobs from a robot's position, m, and its order."""
    pose, left, order, cost = standing.poses[name], list(jobs), list[str](), 0.0
    while left:
        places = {job: _place(job, standing.scene) for job in left}
        here = pose
        best = min(left, key=lambda job: gap(here, places[job]))
        cost += gap(pose, places[best]) + STEP_COST
        left.remove(best)
        order.append(best)
        place = places[best]
        pose = Pose2(place[0], place[1], 0.0) if place is not None else pose
    return cost, order


def _greedy(
    standing: Standing, names: Sequence[str], jobs: Sequence[str], alone: dict[tuple[str, str], bool]
) -> tuple[str, ...]:
    """Assigns job by job to the robot that would finish it first."""
    shares: dict[str, list[str]] = {name: [] for name in names}
    for job in jobs:
        able = [name for name in names if alone[name, job]]
        if able:
            shares[min(able, key=lambda name: _tour(standing, name, [*shares[name], job])[0])].append(job)
    return tuple(next((name for name in names if job in shares[name]), names[0]) for job in jobs)


def _place(job: str, scene: SceneGraph) -> tuple[float, float] | None:
    """Position of the object at the end of a job's words."""
    words = job.lower()
    for thing in scene.objects.values():
        if words.endswith((f" {thing.label.lower()}", f" {thing.id}")):
            return thing.position[0], thing.position[1]
    return None
