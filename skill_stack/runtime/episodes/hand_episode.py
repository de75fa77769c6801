"""One episode of a hand's skill through the whole line, judged on simulator truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.hand_suite import IN_PALM, GraspWorld, HandSuite, HandTask, draw_world
from skill_stack.runtime.episodes.gesture_episode import Measured, Picture, run_gesture
from skill_stack.runtime.episodes.grasp_episode import grasp_setup, run_grasp, stated, thing_of
from skill_stack.runtime.episodes.palm_episode import run_in_palm
from skill_stack.runtime.line.parts_line import PartsLine

PUSHES = 14
"""Random stream of the pushes, separate from the world's."""


@dataclass(frozen=True, slots=True)
class HandEpisode:
    """Result of one episode.

    Attributes:
        task: Skill that was judged.
        seed: Of the world.
        world: That world.
        passed: Whether all demands of the suite were met.
        reason: The demand that was not met; empty when all were.
        measured: What was measured, SI.
        simulated_seconds: Task time, s.
    """

    task: str
    seed: int
    world: GraspWorld
    passed: bool
    reason: str
    measured: Measured
    simulated_seconds: float

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def run_hand_task(
    robot: RobotSpec,
    library: SkillLibrary,
    suite: HandSuite,
    task: HandTask,
    seed: int,
    picture: Picture | None = None,
) -> HandEpisode:
    """Runs one episode.

    Args:
        robot: A hand on something that carries it.
        library: Its skills.
        suite: What holds for all tasks.
        task: The skill, and what is done with it.
        seed: Of the world.
        picture: Called after each step with its name, for pictures.
    """
    world, rng = draw_world(suite, task, seed), np.random.default_rng([seed, PUSHES])
    line = PartsLine(robot, library, _setup(suite, task, world, seed))
    if task.kind == "gesture":
        wrong, measured = run_gesture(line, suite, task, rng, picture)
    elif task.kind in IN_PALM:
        wrong, measured = run_in_palm(line, suite, task, rng, picture)
    else:
        line.scene = stated(line.scene, world)
        wrong, measured = run_grasp(line, library, suite, task, world, rng, picture)
    reason = wrong or suite.judged(task.kind, measured)
    return HandEpisode(task.skill, seed, world, not reason, reason, measured, line.now)


def _setup(suite: HandSuite, task: HandTask, world: GraspWorld, seed: int) -> SceneSetup:
    if task.kind not in ("gesture", *IN_PALM):
        return grasp_setup(suite, task, world, seed)
    things = (thing_of(suite.table, world),) if task.kind in IN_PALM else ()
    return SceneSetup(
        name=suite.name, seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=things, noise=world.noise,
        latency=world.latency, motor_strength=world.motor_strength,
    )  # fmt: skip
