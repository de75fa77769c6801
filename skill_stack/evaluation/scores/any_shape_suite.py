"""AnyShapeSuite: grasps of drawn bodies of many shapes by hands that are handed them; a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import NonNegativeInterval, Positive
from skill_stack.core.robots.grasp import GraspTemplate
from skill_stack.core.world.drawn_solids import FAMILIES, laid_solid
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.suite import Seeds

THING = "thing"


class LiftSuite(DataModel):
    """Bodies on a table, which a hand is told to pick up.

    Attributes:
        robot: A hand on something that carries it.
        words: What is said.
        seeds: Seeds that are used when none are named.
        narrow: Shorter level side of a body, m.
        longest: Its longest side at most, m.
        table: Width and height of the table, m.
        place: Largest shift of the body along x and y, m.
        misplaced: Largest error of the stated map along x and y, m.
        height: Way up by which the body must have risen, m.
        seconds: Time for which it must stay there, s.
    """

    robot: str
    words: str
    seeds: Seeds
    narrow: NonNegativeInterval
    longest: Positive
    table: tuple[Positive, Positive]
    place: Positive
    misplaced: Positive
    height: Positive
    seconds: Positive


class AnyShapeSuite(DataModel):
    """Hands, grasps, bodies and limits.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``any_shape``.
        robots: Hands alone, each with every grasp.
        skills: Robot whose skill ``grip`` moves all of them.
        grasps: Names of templates.
        seeds: Seeds that are used when none are named.
        other: Size along y as a share of that along x, which the template's range gives.
        height: Size along z, m.
        mass: kg.
        friction: Between object and hand.
        noise: Factor on what ``robot.yaml`` declares of sensors.
        latency: Of commands, s.
        motor_strength: Factor on every torque.
        push: Force in each of six directions, N.
        seconds: Time of one push, s.
        moved: Largest motion of the object in the palm, m.
        depth: Greatest depth of the closed hand in the object, m.
        lift: Bodies on a table.
    """

    name: str
    description: str
    through: Literal["any_shape"]
    robots: tuple[str, ...] = Field(min_length=1)
    skills: str
    grasps: tuple[str, ...] = Field(min_length=1)
    seeds: Seeds
    other: NonNegativeInterval
    height: NonNegativeInterval
    mass: NonNegativeInterval
    friction: NonNegativeInterval
    noise: NonNegativeInterval
    latency: NonNegativeInterval
    motor_strength: NonNegativeInterval
    push: Positive
    seconds: Positive
    moved: Positive
    depth: Positive
    lift: LiftSuite


@dataclass(frozen=True, slots=True)
class AnyShapeWorld:
    """One drawn world.

    Attributes:
        thing: The object, at the origin.
        noise: Factor on sensors.
        latency: s.
        motor_strength: Factor on torques.
    """

    thing: SceneObject
    noise: float
    latency: float
    motor_strength: float


@dataclass(frozen=True, slots=True)
class LiftWorld:
    """One drawn world with a body on a table.

    Attributes:
        world: The body where it is, and the rest.
        off: Error of the map along x and y, m.
    """

    world: AnyShapeWorld
    off: tuple[float, float]


def draw_any_shape(suite: AnyShapeSuite, grasp: str, template: GraspTemplate, seed: int) -> AnyShapeWorld:
    """The world of one episode, the same for every hand.

    Args:
        suite: The suite.
        grasp: Name of the grasp.
        template: The grasp, whose range of sizes the object has.
        seed: Of the world; families of shapes take turns.
    """
    rng = np.random.default_rng([seed, sum(map(ord, grasp))])
    family = tuple(FAMILIES)[seed % len(FAMILIES)]
    across = float(rng.uniform(template.narrowest, template.widest))
    size = (across, across * float(rng.uniform(*suite.other)), float(rng.uniform(*suite.height)))
    thing = SceneObject(
        THING, "thing", (0.0, 0.0, 0.0), 0.0, "mesh", size, "red", movable=True, mass=float(rng.uniform(*suite.mass)),
        friction=float(rng.uniform(*suite.friction)), mesh=f"drawn:{family}:{seed}",
    )  # fmt: skip
    return _world(suite, thing, rng)


def _world(suite: AnyShapeSuite, thing: SceneObject, rng: np.random.Generator) -> AnyShapeWorld:
    """A world with a thing, the rest drawn."""
    noise, latency = float(rng.uniform(*suite.noise)), float(rng.uniform(*suite.latency))
    return AnyShapeWorld(thing, noise, latency, float(rng.uniform(*suite.motor_strength)))


def draw_lift(suite: AnyShapeSuite, seed: int) -> LiftWorld:
    """The world of one body on a table; families of shapes take turns.

    Args:
        suite: The suite.
        seed: Of the world.
    """
    rng, lift, family = np.random.default_rng([seed, 4]), suite.lift, tuple(FAMILIES)[seed % len(FAMILIES)]
    mesh = f"laid:{family}:{seed}"
    extents = laid_solid(family, seed).size
    scale = min(float(rng.uniform(*lift.narrow)) / extents[:2].min(), lift.longest / extents.max())
    x, y, z = (float(side) for side in scale * extents)
    at = rng.uniform(-lift.place, lift.place, 2)
    thing = SceneObject(
        THING, "toy", (float(at[0]), float(at[1]), lift.table[1] + z / 2), float(rng.uniform(-np.pi, np.pi)), "mesh",
        (x, y, z), "red", movable=True, mass=float(rng.uniform(*suite.mass)),
        friction=float(rng.uniform(*suite.friction)), mesh=mesh,
    )  # fmt: skip
    off = rng.uniform(-lift.misplaced, lift.misplaced, 2)
    return LiftWorld(_world(suite, thing, rng), (float(off[0]), float(off[1])))


def load_any_shape_suite(path: Path) -> AnyShapeSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(AnyShapeSuite, path)
