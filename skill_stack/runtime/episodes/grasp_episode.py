"""One grasp from the table through the whole line, then pulled, pushed or put down, judged on simulator truth."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.hand_suite import GraspWorld, HandSuite, HandTask
from skill_stack.planner.symbolic.tree import expanded, parts_of
from skill_stack.runtime.episodes.gesture_episode import Measured, Picture
from skill_stack.runtime.episodes.hand_truth import DIRECTIONS, HandTruth, push_of
from skill_stack.runtime.line.parts_line import PartsLine

THING, TABLE, PLACE = "thing", "table", "place"
TABLE_SIDE = 0.12
"""Side of a table's top, m: small, so that a hand has room around it."""
SETTLE = 0.5
"""Time after lifting before pulls, and after the release before the judged part, s."""
JUDGED = 0.5
"""Time over which what was put down is judged, s."""
Asked = tuple[str, dict[str, Any]]


def grasp_setup(suite: HandSuite, task: HandTask, world: GraspWorld, seed: int) -> SceneSetup:
    """The true world of an episode: the object on its table, and its goal."""
    under = _post(world.at, *task.stand) if task.stand else _table(TABLE, world.at, suite.table)
    things = [thing_of(suite.height_under(task), world), under]
    if task.kind == "release":
        things.append(_table(PLACE, world.goal, suite.table))
    return SceneSetup(
        name=suite.name,
        seed=seed,
        start=Pose2(0.0, 0.0, 0.0),
        objects=tuple(things),
        noise=world.noise,
        latency=world.latency,
        motor_strength=world.motor_strength,
    )


def thing_of(height: float, world: GraspWorld) -> SceneObject:
    """The object of a world at its place, at a height, m."""
    at = (*world.at, height + world.size[2] / 2)
    return SceneObject(
        THING, "thing", at, world.yaw, world.shape, world.size, "red", movable=True, mass=world.mass,
        friction=world.friction,
    )  # fmt: skip


def _table(name: str, at: tuple[float, float], height: float) -> SceneObject:
    return SceneObject(name, "table", (*at, height / 2), 0.0, "box", (TABLE_SIDE, TABLE_SIDE, height), "grey")


def _post(at: tuple[float, float], width: float, height: float) -> SceneObject:
    """A support for an object that a hand takes from below."""
    return SceneObject(TABLE, "post", (*at, height / 2), 0.0, "cylinder", (width, width, height), "grey")


def stated(scene: SceneGraph, world: GraspWorld) -> SceneGraph:
    """The map, with a small error of the object's position."""
    thing = scene.objects[THING]
    told = dataclasses.replace(thing, position=(*world.stated, thing.position[2]))
    return SceneGraph({**scene.objects, THING: told}, scene.facts, scene.robot)


def run_grasp(
    line: PartsLine,
    library: SkillLibrary,
    suite: HandSuite,
    task: HandTask,
    world: GraspWorld,
    rng: np.random.Generator,
    picture: Picture | None,
) -> tuple[str, Measured]:
    """Preshapes the hand, reaches, grasps and lifts, and then does the rest of the task.

    Args:
        line: The line, in that world.
        library: Skills of the robot.
        suite: What holds for all tasks.
        task: The task.
        world: What was drawn.
        rng: Of the seed.
        picture: Called after each step with its name.

    Returns:
        What went wrong on the way, and what was measured.
    """
    truth, grasp = HandTruth(line, THING), task.grasp
    taken: tuple[Asked, ...] = (
        ("shape_for", {"target": THING, "grasp": grasp}),
        ("reach_for", {"target": THING, "grasp": grasp}),
        (f"grasp_{grasp}", {"target": THING}),
        ("lift", {}),
    )
    if wrong := _done(line, taken, picture):
        return wrong, {}
    measured: Measured = {"lifted": float(truth.position()[2]) - suite.height_under(task) - world.size[2] / 2}
    line.idle(SETTLE)
    if task.kind == "release":
        wrong = _done(line, _steps(library, task), picture)
        return wrong, measured | ({} if wrong else _put_down(line, truth, world))
    if task.kind == "hold" and (wrong := _done(line, ((task.skill, {}),), picture)):
        return wrong, measured
    measured["moved"] = _pulled(truth, suite) if task.kind == "pull" else _pushed(line, truth, suite, rng)
    if picture is not None:
        picture(task.kind, line)
    return "", measured


def _done(line: PartsLine, asked: Iterable[Asked], picture: Picture | None) -> str:
    """Runs skills one after the other; the failure, or an empty string."""
    for skill, arguments in asked:
        try:
            outcome = line.run_skill(skill, arguments)
        except SkillStackError as error:
            return f"{skill}: {error}"
        if picture is not None:
            picture(skill, line)
        if outcome.outcome != "succeeded":
            return f"{skill}: {outcome.reason}"
    return ""


def _steps(library: SkillLibrary, task: HandTask) -> list[Asked]:
    """The steps of the task's skill, a composite."""
    node = PlanNode("skill", skill=task.skill, arguments={"target": THING, "place": PLACE, "grasp": task.grasp})
    steps = expanded(parts_of(node, library), library)
    return [(step.spec.name, dict(step.arguments)) for step in steps if isinstance(step, Step)]


def _pulled(truth: HandTruth, suite: HandSuite) -> float:
    """Pulls the object in six directions; its largest motion in the palm, m."""
    begin, most = truth.held(), 0.0
    for side in DIRECTIONS:
        away = float(np.linalg.norm(truth.held() - begin))
        most = max(most, away + truth.pushed(suite.pull * side, suite.seconds / len(DIRECTIONS)))
    return most


def _pushed(line: PartsLine, truth: HandTruth, suite: HandSuite, rng: np.random.Generator) -> float:
    """Pushes the object repeatedly; its largest motion in the palm, m."""
    disturbance, begin, most = suite.disturbances["hold"], truth.held(), 0.0
    for _ in range(disturbance.times):
        force, seconds, rest = push_of(disturbance, rng)
        away = float(np.linalg.norm(truth.held() - begin))
        most = max(most, away + truth.pushed(force, seconds))
        line.idle(rest)
    return max(most, float(np.linalg.norm(truth.held() - begin)))


def _put_down(line: PartsLine, truth: HandTruth, world: GraspWorld) -> Measured:
    """The worst value after the release."""
    line.idle(SETTLE)
    error, tilt, speed, touching = 0.0, 0.0, 0.0, 0
    end = line.now + JUDGED
    while line.now < end:
        line.step()
        error = max(error, math.dist(truth.position()[:2], world.goal))
        tilt, speed = max(tilt, truth.tilt()), max(speed, truth.thing_speed())
        touching = max(touching, truth.touching())
    return {"placed_error": error, "end_tilt": tilt, "end_speed": speed, "end_touching": float(touching)}
