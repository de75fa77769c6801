"""Sampled worlds: from what is known and its uncertainty, never from the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.spatial import solids
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import FloorPatch, SceneSetup
from skill_stack.planner.trial import TrialSituation

Range = tuple[float, float]
UNSURE = 2.0
"""Spread, relative to that of an object stated with full confidence, from which worlds cover its places evenly."""

LYING = 0.003
"""Spread of what lies on the robot, m: hands are trained and judged with shifts of up to 5 mm."""

UNIT = (0.0, 1.0)
_STREAM = 4211
"""Random stream of rehearsals, separate from those of a world's own seed."""


class Doubt(DataModel):
    """Uncertainty of the world; read from ``config/rehearsal.yaml``.

    Attributes:
        position: Standard deviation of a position that is stated with full confidence, m.
        unsure: Standard deviation that a confidence of 0 adds, m; it grows in proportion to ``1 - confidence``.
        drift: Standard deviation that a movable thing gains in every second since it was last seen, m/s.
        drift_limit: Largest standard deviation that drift adds, m.
        robot_position: Standard deviation of the robot's own position, m.
        robot_heading: Standard deviation of its heading, rad.
        friction: Range of the floor's friction coefficient.
        slippery: The same where a fact states ``slippery``.
        added_mass: Range of the payload that is not stated, kg.
        latency: Range of the command latency, s.
        noise: Range of the factor on the sensors' declared noise.
        motor_strength: Range of the factor on every torque that the motors make.
        push: Largest push, as a change of the base's velocity, m/s.
        push_within: Time within which the push comes, s.
    """

    position: float = Field(ge=0)
    unsure: float = Field(ge=0)
    drift: float = Field(ge=0)
    drift_limit: float = Field(ge=0)
    robot_position: float = Field(ge=0)
    robot_heading: float = Field(ge=0)
    friction: Range
    slippery: Range
    added_mass: Range
    latency: Range
    noise: Range
    motor_strength: Range = (1.0, 1.0)
    push: float = Field(ge=0)
    push_within: float = Field(gt=0)

    def spread(self, thing: SceneObject, now: float) -> float:
        """Standard deviation of a thing's position along x and y, m; nothing for walls and places.

        Args:
            thing: Its entry in the scene.
            now: Task time, s.
        """
        if thing.shape == "point" or thing.kind == "wall":
            return 0.0
        age = max(0.0, now - thing.last_seen) if thing.movable else 0.0
        drift = min(self.drift * age, self.drift_limit)
        return math.hypot(self.position, self.unsure * (1.0 - thing.confidence), drift)


@dataclass(frozen=True, slots=True)
class SampledWorld:
    """One sampled world.

    Attributes:
        setup: Where everything really is there, the robot included, and the physics.
        push: Time in s, and the change of velocity forwards and to the left, m/s.
        lying: Ids of what lies on the robot.
    """

    setup: SceneSetup
    push: tuple[float, float, float]
    lying: frozenset[str]


def _lying_on(robot: RobotSpec, scene: SceneGraph) -> frozenset[str]:
    """The ids of what lies on a robot whose base does not move: a cube in a hand on a stand.

    It cannot wander off unseen; that the hand drops it is what a trial finds out.

    Args:
        robot: The robot.
        scene: Objects, and the robot's pose.
    """
    foot, here = robot.footprint, scene.robot
    if robot.fixed is None or here is None:
        return frozenset()
    found = set()
    for thing in scene.objects.values():
        ahead, left = here.local(*thing.position[:2])
        inside = -foot.back <= ahead <= foot.front and abs(left) <= foot.side
        if thing.movable and inside and solids.bottom(thing) >= robot.fixed.xyz[2]:
            found.add(thing.id)
    return frozenset(found)


def sample_world(situation: TrialSituation, doubt: Doubt, seed: int, robot: RobotSpec) -> SampledWorld:
    """Draws a world; the same seed gives the same one.

    Args:
        situation: What is known.
        doubt: How uncertain it is.
        seed: Number of the world.
        robot: The robot; one on a stand carries no payload.

    Raises:
        DataError: The robot's own pose is unknown, so that nothing can be tried from it.
    """
    scene = situation.scene
    if scene.robot is None:
        raise DataError("the robot's position is unknown, so nothing can be rehearsed; put it at its start")
    from scipy.special import ndtri  # on demand, as for the bound

    rng = np.random.default_rng([_STREAM, seed])
    x, y, turn = rng.normal(0.0, (doubt.robot_position, doubt.robot_position, doubt.robot_heading))
    start = Pose2(scene.robot.x + float(x), scene.robot.y + float(y), scene.robot.yaw + float(turn))
    spreads = {thing.id: doubt.spread(thing, situation.now) for thing in scene.objects.values()}
    lying = _lying_on(robot, scene)
    spreads |= dict.fromkeys(lying, LYING)
    unsure = [name for name, spread in spreads.items() if spread > UNSURE * doubt.position]
    even = dict(zip(unsure, ndtri(_evenly(seed, 2 * len(unsure))).reshape(-1, 2), strict=True))
    things = []
    for thing in scene.objects.values():
        drawn = rng.normal(0.0, 1.0, 2)
        things.append(_shifted(thing, even.get(thing.id, drawn) * spreads[thing.id]))
    late, noisy, strong, heavy, slick = _evenly(seed, 5)  # an odd number, so that none goes along with a place
    setup = SceneSetup(
        name="rehearsal",
        seed=seed + 1,
        start=start,
        objects=tuple(things),
        friction=float(np.interp(slick, UNIT, doubt.friction)),
        added_mass=float(np.interp(heavy, UNIT, doubt.added_mass)) if robot.fixed is None else 0.0,
        latency=float(np.interp(late, UNIT, doubt.latency)),
        noise=float(np.interp(noisy, UNIT, doubt.noise)),
        motor_strength=float(np.interp(strong, UNIT, doubt.motor_strength)),
        patches=slippery_patches(scene, float(rng.uniform(*doubt.slippery))),
    )
    size, angle = doubt.push * float(rng.uniform()), float(rng.uniform(-math.pi, math.pi))
    push = (float(rng.uniform(0.0, doubt.push_within)), size * math.cos(angle), size * math.sin(angle))
    return SampledWorld(setup, push, lying)


def slippery_patches(scene: SceneGraph, friction: float) -> tuple[FloorPatch, ...]:
    """Places with an extent that are slippery by a fact, as patches.

    Args:
        scene: Places and facts.
        friction: Friction coefficient that they have.
    """
    return tuple(
        FloorPatch(position=thing.position[:2], yaw=thing.yaw, size=thing.size[:2], friction=friction)
        for thing in scene.objects.values()
        if thing.shape == "point" and min(thing.size[:2]) > 0 and Fact("slippery", (thing.id,)) in scene.facts
    )


def _evenly(seed: int, size: int) -> np.ndarray:
    """Numbers between 0 and 1, spread over the first few seeds so that few worlds cover the range.

    An additive sequence with the generalised golden ratio of that many dimensions.

    Args:
        seed: Number of the world.
        size: Dimensions.

    Returns:
        Shape (size,).
    """
    ratio = 2.0
    for _ in range(40):
        ratio = (1.0 + ratio) ** (1.0 / (size + 1))
    steps = ratio ** -np.arange(1.0, size + 1.0)
    return np.clip((0.5 + (seed + 1) * steps) % 1.0, 1e-3, 1.0 - 1e-3)


def _shifted(thing: SceneObject, shift: np.ndarray) -> SceneObject:
    x, y, z = thing.position
    return replace(thing, position=(x + float(shift[0]), y + float(shift[1]), z))
