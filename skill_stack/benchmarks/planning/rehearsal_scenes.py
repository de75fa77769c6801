"""Scenes with a trap, from families and seeds; their truth is drawn independently of any rehearsal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import ObjectFile, SceneSetup
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.trial import TrialSituation
from skill_stack.runtime.rehearsal.rehearsal_world import slippery_patches

Range = tuple[float, float]
_LAYOUT, _TRUTH = 1, 2  # streams of random numbers: what is stated, and what is so


class TrapObject(ObjectFile):
    """One thing of a family.

    Attributes:
        jitter: Largest shift along x and y by which seeds differ, m; it is in the robot's map.
        wander: Largest displacement since then, m; it is not in the robot's map.
    """

    jitter: float = Field(0.0, ge=0)
    wander: float = Field(0.0, ge=0)


class TrapFamily(DataModel):
    """A kind of trap.

    Attributes:
        name: Its name.
        description: One sentence.
        words: The request.
        visits: Ids of things to visit, in any order.
        visits_any: Ids of which one is to be visited.
        seated: Whether the robot sits in the end.
        displacement: Way from the start to where the robot is in the end, forwards and to the left, m.
        facts: What is stated besides geometry.
        now: Task time of the request, s.
        objects: What stands there.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    words: str
    visits: tuple[str, ...] = ()
    visits_any: tuple[str, ...] = ()
    seated: bool = False
    displacement: tuple[float, float] | None = None
    facts: tuple[str, ...] = ()
    now: float = 0.0
    objects: tuple[TrapObject, ...]


class TrapFile(DataModel):
    """``config/rehearsal_scenes.yaml``.

    Attributes:
        name: Name of the set.
        hidden: Error of a position that was stated with confidence 0, m; in proportion to ``1 - confidence``.
        slippery: Range of the true friction coefficient of slippery places.
        friction: The same of the floor.
        added_mass: kg.
        noise: Factor on the sensors' declared noise.
        latency: s.
        robot_shift: Largest error of the robot's own position, m.
        robot_turn: Largest error of its heading, rad.
        seeds: Seeds of every family.
        families: Kinds of traps.
    """

    name: str
    hidden: float = Field(ge=0)
    slippery: Range
    friction: Range
    added_mass: Range
    noise: Range
    latency: Range
    robot_shift: float = Field(ge=0)
    robot_turn: float = Field(ge=0)
    seeds: tuple[int, ...] = Field(min_length=1)
    families: tuple[TrapFamily, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class TrapScene:
    """One scene: the robot's knowledge, and the distribution of its truth.

    Attributes:
        name: Family and seed.
        family: The family.
        situation: The information that the robot has.
        file: The ranges of values that the robot does not have.
        seed: The seed.
    """

    name: str
    family: TrapFamily
    situation: TrialSituation
    file: TrapFile
    seed: int

    def truth(self, number: int) -> SceneSetup:
        """A true world of this scene; the same number gives the same one."""
        rng = np.random.default_rng([_TRUTH, self.seed, number, *self.family.name.encode()])
        graph, wander = self.situation.scene, {thing.id: thing.wander for thing in self.family.objects}
        pose = graph.robot or Pose2(0.0, 0.0, 0.0)
        dx, dy = _disc(rng, self.file.robot_shift)
        turn = float(rng.uniform(-1.0, 1.0)) * self.file.robot_turn
        things = []
        for thing in graph.objects.values():
            x, y, z = thing.position
            reach = 0.0 if thing.shape == "point" else self.file.hidden * (1.0 - thing.confidence)
            ex, ey = _disc(rng, max(reach, wander.get(thing.id, 0.0)))
            things.append(replace(thing, position=(x + ex, y + ey, z)))
        return SceneSetup(
            name=self.name,
            seed=1000 * self.seed + number,
            start=Pose2(pose.x + dx, pose.y + dy, pose.yaw + turn),
            objects=tuple(things),
            friction=float(rng.uniform(*self.file.friction)),
            added_mass=float(rng.uniform(*self.file.added_mass)),
            latency=float(rng.uniform(*self.file.latency)),
            noise=float(rng.uniform(*self.file.noise)),
            patches=slippery_patches(graph, float(rng.uniform(*self.file.slippery))),
        )


def trap_scene(file: TrapFile, family: TrapFamily, seed: int, standing: Fact) -> TrapScene:
    """The scene of a family and a seed.

    Args:
        file: Ranges that all share.
        family: The family.
        seed: The seed of its displacements, mirroring and rotation.
        standing: The fact for the robot's posture.
    """
    rng = np.random.default_rng([_LAYOUT, seed, *family.name.encode()])
    mirror = -1.0 if rng.uniform() < 0.5 else 1.0
    x, y, yaw = (float(v) for v in rng.uniform((-2.0, -2.0, -math.pi), (2.0, 2.0, math.pi)))
    frame = Pose2(x, y, yaw)
    objects: dict[str, SceneObject] = {}
    for item in family.objects:
        thing = item.resolve((0.0, 0.0))
        x, y, z = thing.position
        jx, jy = (float(v) for v in rng.uniform(-item.jitter, item.jitter, 2))
        placed = frame.compose(Pose2(x + jx, mirror * (y + jy), mirror * thing.yaw))
        objects[item.id] = replace(thing, position=(placed.x, placed.y, z), yaw=placed.yaw)
    stated = frozenset(Fact(one.predicate, one.arguments) for one in map(Literal.parse, family.facts))
    objects["start"] = SceneObject("start", "place", (frame.x, frame.y, 0.0), frame.yaw, "point", names=("home",))
    graph = SceneGraph(objects, stated, frame)
    situation = TrialSituation(graph, place_facts(graph) | {standing}, family.now)
    return TrapScene(f"{family.name}-{seed}", family, situation, file, seed)


def load_traps(path: Path) -> TrapFile:
    """Reads a file of families.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(TrapFile, path)


def _disc(rng: np.random.Generator, radius: float) -> tuple[float, float]:
    """A uniformly random point of a disc, m."""
    distance, angle = radius * math.sqrt(float(rng.uniform())), float(rng.uniform(-math.pi, math.pi))
    return distance * math.cos(angle), distance * math.sin(angle)
