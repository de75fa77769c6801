"""One grasp from the table through the whole line, then pulled at from six sides, and judged on simulator truth."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.scene_file import SceneSetup
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.evaluation.grasp_suite import GraspSuite, GraspTask, GraspWorld, draw_world
from skill_stack.runtime.parts_line import PartsLine

Array = np.ndarray
THING, TABLE = "thing", "table"
TABLE_SIDE = 0.12
"""Side of the table's top, m: small, so that a hand has room around it."""
SETTLE = 0.5
"""Time after lifting before anything pulls, s."""
DIRECTIONS = np.concatenate((np.eye(3), -np.eye(3)))[[0, 3, 1, 4, 2, 5]]
Picture = Callable[[str, PartsLine], None]


@dataclass(frozen=True, slots=True)
class GraspEpisode:
    """How one grasp went.

    Attributes:
        grasp: Its name.
        seed: Of the world.
        world: That world.
        passed: Whether everything that the suite asks for held.
        reason: What did not; empty when all did.
        lifted: How far the object was lifted, m.
        moved: Largest distance by which it moved against the palm while it was pulled at, m.
        simulated_seconds: Task time, s.
    """

    grasp: str
    seed: int
    world: GraspWorld
    passed: bool
    reason: str
    lifted: float
    moved: float
    simulated_seconds: float

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def run_grasp(
    robot: RobotSpec,
    library: SkillLibrary,
    suite: GraspSuite,
    task: GraspTask,
    seed: int,
    picture: Picture | None = None,
) -> GraspEpisode:
    """Runs one episode.

    Args:
        robot: A hand on something that carries it.
        library: Its skills.
        suite: What holds for all tasks.
        task: The grasp.
        seed: Of the world.
        picture: Told after each step, by its name, for pictures.
    """
    world = draw_world(suite, task, seed)
    setup = _setup(suite, world, seed)
    line = PartsLine(robot, library, setup)
    line.scene = _stated(line.scene, world)
    lifted, moved, reason = 0.0, math.inf, _take(line, task.grasp, picture)
    if not reason:
        body = line.device.data.body(THING)
        lifted = float(body.xpos[2]) - suite.table - world.size[2] / 2
        reason = "" if lifted >= suite.lifted else f"lifted by {lifted:.3f} m"
    if not reason:
        moved = _pull(line, suite)
        reason = "" if moved <= suite.moved else f"moved by {moved:.3f} m when pulled at"
    if picture is not None:
        picture("pulled", line)
    return GraspEpisode(task.grasp, seed, world, not reason, reason, lifted, moved, line.now)


def _setup(suite: GraspSuite, world: GraspWorld, seed: int) -> SceneSetup:
    at = (*world.at, suite.table + world.size[2] / 2)
    thing = SceneObject(
        THING, "thing", at, world.yaw, world.shape, world.size, "red", movable=True, mass=world.mass,
        friction=world.friction,
    )  # fmt: skip
    side = (TABLE_SIDE, TABLE_SIDE, suite.table)
    table = SceneObject(TABLE, "table", (*world.at, suite.table / 2), 0.0, "box", side, "grey")
    return SceneSetup(
        name=suite.name,
        seed=seed,
        start=Pose2(0.0, 0.0, 0.0),
        objects=(thing, table),
        noise=world.noise,
        latency=world.latency,
        motor_strength=world.motor_strength,
    )


def _stated(scene: SceneGraph, world: GraspWorld) -> SceneGraph:
    """The map, which is wrong by a little about where the object is."""
    thing = scene.objects[THING]
    stated = dataclasses.replace(thing, position=(*world.stated, thing.position[2]))
    return SceneGraph({**scene.objects, THING: stated}, scene.facts, scene.robot)


def _take(line: PartsLine, grasp: str, picture: Picture | None) -> str:
    """Reaches, grasps and lifts; what went wrong, or an empty string."""
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("reach_for", {"target": THING, "grasp": grasp}),
        (f"grasp_{grasp}", {"target": THING}),
        ("lift", {}),
    )
    for skill, arguments in steps:
        try:
            outcome = line.run_skill(skill, arguments)
        except SkillStackError as error:
            return f"{skill}: {error}"
        if picture is not None:
            picture(skill, line)
        if outcome.outcome != "succeeded":
            return f"{skill}: {outcome.reason}"
    return ""


def _pull(line: PartsLine, suite: GraspSuite) -> float:
    """Pulls at the object from six sides; the largest distance by which it moved against what carries the hand, m."""
    line.idle(SETTLE)
    model, data = line.device.model, line.device.data
    thing, hand = data.body(THING).id, int(model.joint(_finger(line.robot)).bodyid[0])
    palm = int(model.body_parentid[hand])

    def place() -> Array:
        return np.asarray(data.xmat[palm].reshape(3, 3).T @ (data.xpos[thing] - data.xpos[palm]))

    begin, most = place(), 0.0
    for direction in DIRECTIONS:
        data.xfrc_applied[thing, :3] = suite.pull * direction
        end = line.now + suite.seconds / len(DIRECTIONS)
        while line.now < end - 1e-9:
            line.step()
            most = max(most, float(np.linalg.norm(place() - begin)))
    data.xfrc_applied[thing] = 0.0
    return most


def _finger(robot: RobotSpec) -> str:
    """The first joint of the hand, whose link the palm carries."""
    part = next(name for name, member in robot.mounted.items() if member.grasps is not None)
    return robot.parts[part].joints[0]
