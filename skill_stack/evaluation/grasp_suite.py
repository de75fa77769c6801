"""GraspSuite: what hands are to grasp, in how different worlds, and when a grasp counts; from a scenario file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model

Range = tuple[float, float]
Positive = Annotated[float, Field(gt=0)]


class GraspedShape(DataModel):
    """A kind of object, of which every episode has another one.

    Attributes:
        shape: ``box``, ``cylinder`` or ``sphere``.
        across: Size along x, m.
        other: Factor from there to the size along y.
        height: Size along z, m; left out for spheres.
    """

    shape: Literal["box", "cylinder", "sphere"]
    across: Range
    other: Range = (1.0, 1.0)
    height: Range | None = None

    def draw(self, rng: np.random.Generator) -> tuple[float, float, float]:
        """Extents of one object, m."""
        across = float(rng.uniform(*self.across))
        other = float(rng.uniform(*self.other)) * across
        height = float(rng.uniform(*self.height)) if self.height else across
        return (across, other if self.shape == "box" else across, height)


class GraspTask(DataModel):
    """One grasp.

    Attributes:
        grasp: Name of the template; the skill is ``grasp_<name>``.
        shapes: What is grasped, in turns.
        mass: kg.
    """

    grasp: str
    shapes: tuple[GraspedShape, ...] = Field(min_length=3)
    mass: Range = (0.05, 0.2)


class GraspSuite(DataModel):
    """The whole.

    Attributes:
        name: Name of the suite.
        through: ``grasps``.
        robot: A hand on something that carries it.
        seeds: First and last seed.
        table: Height of the table, m.
        place: Largest shift of the object along x and y, m.
        misplaced: Largest error of the stated map along x and y, m.
        friction: Between object and hand.
        noise: Factor on what ``robot.yaml`` declares of sensors.
        latency: Of commands, s.
        motor_strength: Factor on every torque.
        pull: Force on the object in each of six directions, N.
        seconds: Time over which all six go, s.
        lifted: Height by which the object must have risen, m.
        moved: Largest distance by which it may move against the palm, m.
        tasks: The grasps.
    """

    name: str
    through: Literal["grasps"]
    robot: str
    seeds: tuple[int, int]
    table: Positive
    place: Positive
    misplaced: Annotated[float, Field(ge=0)]
    friction: Range
    noise: Range
    latency: Range
    motor_strength: Range
    pull: Positive
    seconds: Positive
    lifted: Positive
    moved: Positive
    tasks: tuple[GraspTask, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class GraspWorld:
    """One drawn world.

    Attributes:
        shape: Of the object.
        size: Its extents, m.
        mass: kg.
        friction: Between object and hand.
        at: Where it really is, m.
        yaw: Its heading, rad.
        stated: Where the map says that it is, m.
        noise: Factor on sensors.
        latency: s.
        motor_strength: Factor on torques.
    """

    shape: str
    size: tuple[float, float, float]
    mass: float
    friction: float
    at: tuple[float, float]
    yaw: float
    stated: tuple[float, float]
    noise: float
    latency: float
    motor_strength: float


def draw_world(suite: GraspSuite, task: GraspTask, seed: int) -> GraspWorld:
    """The world of one episode; the same seed gives the same one."""
    rng = np.random.default_rng([seed, sum(map(ord, task.grasp))])
    kind = task.shapes[seed % len(task.shapes)]
    size = kind.draw(rng)
    x, y = (float(value) for value in rng.uniform(-suite.place, suite.place, 2))
    dx, dy = (float(value) for value in rng.uniform(-suite.misplaced, suite.misplaced, 2))
    return GraspWorld(
        shape=kind.shape,
        size=size,
        mass=float(rng.uniform(*task.mass)),
        friction=float(rng.uniform(*suite.friction)),
        at=(x + dx, y + dy),
        yaw=float(rng.uniform(-np.pi, np.pi)),
        stated=(x, y),
        noise=float(rng.uniform(*suite.noise)),
        latency=float(rng.uniform(*suite.latency)),
        motor_strength=float(rng.uniform(*suite.motor_strength)),
    )


def load_grasp_suite(path: Path) -> GraspSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(GraspSuite, path)
