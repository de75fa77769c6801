"""Worlds of a motion by reward terms: a robot, and what is in its hand, that differ from the planner's model."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.reward_suite import MotionTask, PalmObject, RewardSuite, RewardWorlds
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.stepped_robot import Model

THING = "cube"
TIMESTEP = 0.0025
"""Physics step of the simulated robot, s: finer than the planner's."""


@dataclass(frozen=True, slots=True)
class World:
    """One simulated robot.

    Attributes:
        setup: Robot and object as they are.
        model: Their model, which the planner does not see.
        planned: The planner's.
        thing: Name of the object; empty without one.
        latency: Of joint targets, s.
        drawn: What the seed drew, by name, SI.
    """

    setup: SceneSetup
    model: Model
    planned: Model
    thing: str
    latency: float
    drawn: dict[str, float]


def world_of(robot: RobotSpec, suite: RewardSuite, task: MotionTask, seed: int) -> World:
    """The world of a motion and a seed.

    Args:
        robot: The task's robot.
        suite: Its suite.
        task: The motion.
        seed: The seed.
    """
    return draw_world(
        robot, task, suite.worlds[task.robot], np.random.default_rng([seed, zlib.crc32(task.name.encode())])
    )


def draw_world(robot: RobotSpec, task: MotionTask, worlds: RewardWorlds, rng: np.random.Generator) -> World:
    """Draws one world.

    Args:
        robot: The robot.
        task: The motion.
        worlds: What worlds are like.
        rng: Of the seed.
    """
    ranges = worlds.randomisation
    names = ("friction", "added_mass", "motor_strength", "latency")
    plain = {"friction": 0.8, "added_mass": 0.0, "motor_strength": 1.0, "latency": 0.0}
    drawn = {name: float(rng.uniform(*(getattr(ranges, name) or (plain[name],) * 2))) for name in names}
    real: tuple[SceneObject, ...] = ()
    expected: tuple[SceneObject, ...] = ()
    if task.holding and worlds.object is not None:
        box = worlds.object
        drawn |= {
            "size": float(rng.uniform(*box.sizes)),
            "object_mass": float(rng.uniform(*box.mass)),
            "object_friction": float(rng.uniform(*box.friction)),
            "turned": float(rng.uniform(*box.turned)),
            "shift_x": float(rng.uniform(*box.shift)),
            "shift_y": float(rng.uniform(*box.shift)),
        }
        real = (_box(box, drawn["size"], drawn["object_mass"], drawn["object_friction"], drawn),)
        expected = (_box(box, box.size, 0.5 * sum(box.mass), 0.5 * sum(box.friction), {}),)
    start = Pose2(0.0, 0.0, 0.0)
    setup = SceneSetup(
        name=task.name, seed=0, start=start, objects=real, friction=drawn["friction"],
        added_mass=drawn["added_mass"], motor_strength=drawn["motor_strength"], latency=drawn["latency"],
    )  # fmt: skip
    model = build_model(robot, setup, timestep=TIMESTEP, foot_kinematics=True)
    planned = build_model(
        robot, SceneSetup(name=task.name, seed=0, start=start, objects=expected), foot_kinematics=True
    )
    return World(setup, model, planned, THING if real else "", drawn["latency"], drawn)


def _box(box: PalmObject, size: float, mass: float, friction: float, drawn: dict[str, float]) -> SceneObject:
    x, y, z = box.place
    return SceneObject(
        THING, THING, (x + drawn.get("shift_x", 0.0), y + drawn.get("shift_y", 0.0), z), shape="box",
        size=(size, size, size), movable=True, mass=mass, friction=friction, yaw=drawn.get("turned", 0.0),
    )  # fmt: skip
