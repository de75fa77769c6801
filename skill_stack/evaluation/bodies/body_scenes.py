"""Worlds of whole-body tasks: something ahead of a robot that one part of its body alone does not get done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

VARIATION = VariationFile(
    friction=(0.5, 1.2), added_mass=(-1.0, 1.5), latency=(0.0, 0.015), noise=(0.5, 1.5), motor_strength=(0.9, 1.1)
)
"""What the seed changes besides, as in the suite of the humanoid, but for its pushes."""
TARGET, SURFACE, PLACE = "target", "surface", "place"
"""Ids of what a task is done at, of what its success is felt on or seen of, and of where something is carried to."""
STREAM = 79
ARRIVES, SQUATS = 18.0, 12.0
"""Time to get to a place with the fingers, s: a walk, a halt with planted feet of some 4 s, which may have to be done
twice, and the reach; and the same in a squat, which needs no halt."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Build:
    """What of a task's world goes by who does it: a humanoid reaches with its hands, a quadruped with its nose.

    Attributes:
        far: Heights of a place ahead of it, m.
        low: Heights of one that it has to go down for, m.
        face: Heights on the face of a box, m.
        leaf: Heights at which it pushes a leaf, m.
        ball: Diameter of a ball, m: what is smaller rolls below a quadruped.
    """

    far: Spot
    low: Spot
    face: Spot
    leaf: Spot
    ball: float


BUILDS = {
    "g1": Build((0.85, 1.1), (0.42, 0.6), (0.8, 0.95), (0.85, 1.0), 0.22),
    "go2": Build((0.33, 0.37), (0.2, 0.25), (0.24, 0.36), (0.25, 0.35), 0.3),
}
"""Builds of the robots that do such tasks."""


@dataclass(frozen=True, slots=True)
class BodyScene:
    """One world and its task.

    Attributes:
        seed: Its seed.
        task: One of :data:`SCENES`.
        file: The scene.
        seconds: Time for the task, s.
    """

    seed: int
    task: str
    file: SceneFile
    seconds: float


def body_scene(task: str, seed: int, robot: str) -> BodyScene:
    """The world of a task and a seed for a robot.

    Raises:
        UnknownName: Nobody said how that robot is built.
    """
    if robot not in BUILDS:
        raise UnknownName("robot with tasks of the whole body", robot, BUILDS)
    rng = np.random.default_rng([STREAM, list(SCENES).index(task), seed])
    things, seconds = SCENES[task](rng, BUILDS[robot])
    file = SceneFile(name=f"{task}_{seed}", description="A thing ahead of a robot.", objects=tuple(things),
                     size=(14.0, 14.0), variation=VARIATION)  # fmt: skip
    return BodyScene(seed, task, file, seconds)


def _ahead(rng: np.random.Generator, near: float, far: float, aside: float) -> Spot:
    """A spot at a distance between two, m, and with a bearing up to one, rad."""
    away, bearing = float(rng.uniform(near, far)), float(rng.uniform(-aside, aside))
    return away * math.cos(bearing), away * math.sin(bearing)


def _point(spot: Spot, height: float) -> ObjectFile:
    return ObjectFile(id=TARGET, kind="place", shape="point", position=(*spot, height))


def _far_reach(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A place in the air that is a step and a stretched arm away."""
    return [_point(_ahead(rng, 0.8, 1.3, 0.5), float(rng.uniform(*build.far)))], ARRIVES


def _low_reach(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A place below the hips."""
    return [_point(_ahead(rng, 0.5, 0.8, 0.4), float(rng.uniform(*build.low)))], SQUATS


def _shelf(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A cup on a board above the shoulders."""
    x, y = _ahead(rng, 0.6, 0.9, 0.3)
    high = float(rng.uniform(1.1, 1.25))
    board = ObjectFile(id=SURFACE, kind="shelf", size=(0.25, 0.8, 0.03), position=(x + 0.06, y, high), colour="brown")
    cup = ObjectFile(id=TARGET, kind="cup", shape="cylinder", size=(0.08, 0.08, 0.1), position=(x, y, high + 0.065),
                     colour="white")  # fmt: skip
    return [board, cup], ARRIVES


def _box_before(rng: np.random.Generator) -> tuple[ObjectFile, Spot]:
    """A box as high as the chest that stands fast, and the middle of its face."""
    x, y = _ahead(rng, 0.6, 1.0, 0.3)
    return ObjectFile(id=SURFACE, kind="box", size=(0.4, 0.5, 1.1), position=(x + 0.2, y), colour="blue"), (x, y)


def _button(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A button on the face of a box."""
    box, (x, y) = _box_before(rng)
    place = (x, y + float(rng.uniform(-0.15, 0.15)), float(rng.uniform(*build.face)))
    button = ObjectFile(id=TARGET, kind="button", shape="sphere", size=(0.06, 0.06, 0.06), position=place,
                        colour="black")  # fmt: skip
    return [box, button], ARRIVES


def _box_press(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A box to press against."""
    box, spot = _box_before(rng)
    return [box, _point(spot, float(rng.uniform(*build.face)))], ARRIVES


def _ball_kick(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A ball on the floor."""
    spot = _ahead(rng, 0.5, 0.9, 0.25)
    ball = ObjectFile(id=TARGET, kind="ball", shape="sphere", size=(build.ball,) * 3, position=spot, colour="red",
                      movable=True, mass=float(rng.uniform(0.3, 0.45)), rolling=0.003)  # fmt: skip
    return [ball], 10.0


def _door(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A leaf that swings away, hinged on either side, and a place on it to push at."""
    x, y = _ahead(rng, 0.7, 1.1, 0.2)
    side, long = (1.0 if rng.random() < 0.5 else -1.0), float(rng.uniform(0.9, 1.1))
    shut = -side * math.pi / 2  # heading of the leaf from its hinge on
    post, push = y + side * 0.6 * long, 0.6 * long
    leaf = ObjectFile(
        id=SURFACE, kind="door", size=(long, 0.04, 1.6), position=(x, post - side * long / 2, 0.82), yaw=shut,
        colour="brown", movable=True, mass=float(rng.uniform(3.0, 6.0)), hinge=(-long / 2, 0.0),
        swing=(shut, shut + side * math.radians(100.0)),
    )  # fmt: skip
    return [leaf, _point((x, post - side * push), float(rng.uniform(*build.leaf)))], 12.0


def _box_carry(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A light box on a stand that is hardly larger, and a place that it is carried to."""
    width, depth, high = (float(value) for value in rng.uniform(0.17, 0.26, 3))
    top, spot = float(rng.uniform(0.62, 0.74)), _ahead(rng, 0.8, 1.3, 0.25)
    facing = math.atan2(spot[1], spot[0]) + float(rng.uniform(-0.15, 0.15))
    size = (max(width, depth) + float(rng.uniform(0.02, 0.08)),) * 2
    stand = ObjectFile(id=SURFACE, kind="stand", size=(*size, top), position=spot, yaw=facing, colour="grey")
    box = ObjectFile(id=TARGET, kind="box", size=(depth, width, high), position=(*spot, top + high / 2), yaw=facing,
                     colour="green", movable=True, mass=float(rng.uniform(0.3, 0.9)))  # fmt: skip
    far, bearing = float(rng.uniform(1.2, 1.8)), float(rng.uniform(math.pi / 2, 3 * math.pi / 2))
    there = (spot[0] + far * math.cos(bearing), spot[1] + far * math.sin(bearing), 0.9)
    place = ObjectFile(id=PLACE, kind="place", shape="point", position=there)
    return [stand, box, place, *_landmarks(rng)], 50.0


def _package_transfer(rng: np.random.Generator, build: Build) -> tuple[list[ObjectFile], float]:
    """A package on the floor that has to be further away."""
    wide, high = float(rng.uniform(0.25, 0.35)), float(rng.uniform(0.2, 0.3))
    spot = _ahead(rng, 0.7, 1.1, 0.25)
    box = ObjectFile(id=TARGET, kind="box", size=(wide, wide, high), position=spot, yaw=math.atan2(spot[1], spot[0]),
                     colour="brown", movable=True, mass=float(rng.uniform(0.4, 1.5)))  # fmt: skip
    return [box], 12.0


def _landmarks(rng: np.random.Generator) -> list[ObjectFile]:
    """A cone in each direction, by which a robot that turns round sees where it is."""
    out: list[ObjectFile] = []
    for number, colour in enumerate(("red", "blue", "yellow", "orange")):
        away, bearing = float(rng.uniform(3.5, 5.0)), float(rng.uniform(0.0, math.pi / 2)) + number * math.pi / 2
        spot = (away * math.cos(bearing), away * math.sin(bearing))
        out.append(ObjectFile(id=f"cone_{number}", kind="cone", shape="cylinder", size=(0.25, 0.25, 0.4), position=spot,
                              colour=colour))  # fmt: skip
    return out


SCENES: dict[str, Callable[[np.random.Generator, Build], tuple[list[ObjectFile], float]]] = {
    "far_reach": _far_reach, "low_reach": _low_reach, "shelf": _shelf, "button": _button, "box_press": _box_press,
    "ball_kick": _ball_kick, "door": _door, "box_carry": _box_carry,
    "package_transfer": _package_transfer,
}  # fmt: skip
"""What a task has in its world, and the time for it, s, by its name; new ones come last."""
