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
from skill_stack.core.world.drawn_solids import FAMILIES
from skill_stack.core.world.object_body import DRAWN
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.suite import Seeds

THING = "thing"


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
        friction=float(rng.uniform(*suite.friction)), mesh=f"{DRAWN}{family}:{seed}",
    )  # fmt: skip
    noise, latency = float(rng.uniform(*suite.noise)), float(rng.uniform(*suite.latency))
    return AnyShapeWorld(thing, noise, latency, float(rng.uniform(*suite.motor_strength)))


def load_any_shape_suite(path: Path) -> AnyShapeSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(AnyShapeSuite, path)
