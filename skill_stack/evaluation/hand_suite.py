"""HandSuite: tasks of a hand (gestures, grasps, holding, release), their worlds and criteria; a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive
from skill_stack.core.skills.condition import Condition

Range = tuple[float, float]
Kind = Literal["gesture", "pull", "hold", "release", "spin", "keep", "place", "slide", "tilt", "present"]
IN_PALM: tuple[Kind, ...] = ("spin", "keep", "place", "slide", "tilt", "present")
"""Kinds of what a hand does with an object that lies in its palm."""
OPEN = "open_hand"
"""Skill that opens a hand, before an object is laid in and after."""


class GraspedShape(DataModel):
    """A kind of object with random dimensions per episode.

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


class HandTask(DataModel):
    """One skill of a hand.

    Attributes:
        skill: Its name; left out for a grasp, ``grasp_<name>``.
        kind: ``gesture``: fingers are shown; ``pull``: an object is grasped, lifted and pulled at from six sides;
            ``hold``: it is grasped, lifted, and pushed while the skill runs; ``release``: the skill puts it down;
            ``spin``: the skill turns an object in the palm, which faces up; ``keep``: it keeps one there that is
            pushed; ``place``: it moves one to a place there; ``slide``: it moves one to a side; ``tilt``: it tilts
            one to a side; ``present``: the fingers open under it.
        arguments: Arguments of the skill, each one of several to choose from.
        stretched: Fingers that a gesture stretches; the others it bends. None: as many as its argument ``number``.
        grasp: Name of the template by which an object is grasped.
        shapes: What is grasped, in turns.
        mass: kg.
        stand: Width and height of the slim post on which it stands, m, so that a hand can come from under it; None: a
            table stands there.
        turns: To which side a skill turns what lies in the palm, seen against the palm.
        about: Axis of that in the palm's frame; x points out of the palm.
        shift: Error of the place where an object is let go over the palm, along and across, m.
        place: Where the skill moves it, along the palm's y and z axes, m.
        towards: Direction in which a skill slides it or tilts its upper side, a unit vector along those axes.
        before: Skills by which the hand closes around what lies in it, one after the other.
        robot: A robot of its own; empty: that of the suite.
    """

    skill: str
    kind: Kind
    arguments: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    stretched: tuple[str, ...] | None = None
    grasp: str = ""
    shapes: tuple[GraspedShape, ...] = ()
    mass: Range = (0.05, 0.2)
    stand: tuple[Positive, Positive] | None = None
    turns: Literal["", "left", "right"] = ""
    about: tuple[float, float, float] = (1.0, 0.0, 0.0)
    shift: float = 0.005
    place: tuple[float, float] | None = None
    towards: tuple[float, float] | None = None
    before: tuple[str, ...] = ("cradle",)
    robot: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "skill" in data or "grasp" not in data:
            return data
        return {"kind": "pull", **data, "skill": f"grasp_{data['grasp']}"}

    @model_validator(mode="after")
    def _one_of_two(self) -> HandTask:
        if self.kind == "gesture":
            if self.grasp or (self.stretched is None) != ("number" in self.arguments):
                raise ValueError(f"{self.skill}: a gesture needs 'stretched' or the argument 'number', no grasp")
        elif self.kind in IN_PALM:
            key = {"spin": "turns", "place": "place", "slide": "towards", "tilt": "towards"}.get(self.kind, "shapes")
            if not getattr(self, key) or not self.shapes:
                also = "" if key == "shapes" else f"'{key}' and "
                raise ValueError(f"{self.skill}: what lies in the palm ('{self.kind}') needs {also}'shapes'")
        elif not self.grasp or len(self.shapes) < 3:
            raise ValueError(f"{self.skill}: what is grasped needs 'grasp' and at least three 'shapes'")
        return self


class Finger(DataModel):
    """A finger, as judged.

    Attributes:
        bends: Joints that bend it, whose angles are added up.
    """

    bends: tuple[str, ...] = Field(min_length=1)


class Disturbance(DataModel):
    """Pushes on fingers in a gesture, or on a held object.

    Attributes:
        force: N, in a direction of the seed's.
        seconds: How long one push lasts, s.
        every: From the beginning of one to that of the next, s.
        times: How many there are.
    """

    force: Range
    seconds: Range
    every: Positive
    times: Annotated[int, Field(ge=1)]


class HandSuite(DataModel):
    """All tasks of a hand.

    Attributes:
        name: Name of the suite; that of the robot whose skills these are.
        description: One sentence.
        hand: What people call the hand; says nothing of what is measured.
        through: ``hand``.
        robot: A hand on something that carries it.
        seeds: First and last seed.
        table: Height of the table, m.
        place: Largest shift of the object along x and y, m.
        misplaced: Largest error of the stated map along x and y, m.
        way: From the object to where it is put down, m.
        friction: Between object and hand.
        noise: Factor on what ``robot.yaml`` declares of sensors.
        latency: Of commands, s.
        motor_strength: Factor on every torque.
        pull: Force on the object in each of six directions, N.
        seconds: Time over which all six go, s.
        fingers: Fingers by name.
        disturbances: What pushes, by the kind of the task.
        success: What must be so, by the kind of the task.
        tasks: The skills.
    """

    name: str
    description: str
    hand: str
    through: Literal["hand"]
    robot: str
    seeds: tuple[int, int]
    table: Positive
    place: Positive
    misplaced: Annotated[float, Field(ge=0)]
    way: Range
    friction: Range
    noise: Range
    latency: Range
    motor_strength: Range
    pull: Positive
    seconds: Positive
    fingers: dict[str, Finger] = Field(min_length=1)
    disturbances: dict[Kind, Disturbance]
    success: dict[Kind, tuple[str, ...]]
    tasks: tuple[HandTask, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> HandSuite:
        for task in self.tasks:
            if not self.success.get(task.kind):
                raise ValueError(f"success: nothing says when a '{task.kind}' has succeeded")
            if strange := sorted(set(task.stretched or ()) - set(self.fingers)):
                raise ValueError(f"{task.skill}: no fingers {', '.join(strange)}; there are {', '.join(self.fingers)}")
        for text in (text for texts in self.success.values() for text in texts):
            Condition.parse(text)
        return self

    def task(self, skill: str) -> HandTask:
        """The task of a skill, which must exist."""
        return next(task for task in self.tasks if task.skill == skill)

    def robot_of(self, task: HandTask) -> str:
        """Name of the robot of a task."""
        return task.robot or self.robot

    def height_under(self, task: HandTask) -> float:
        """Height of the object of a task, m."""
        return task.stand[1] if task.stand else self.table

    def worlds(self, task: HandTask) -> dict[str, Any]:
        """Randomisation and disturbances of a task, as plain data."""
        ranges = ("friction", "noise", "latency", "motor_strength")
        data: dict[str, Any] = {"randomisation": {name: list(getattr(self, name)) for name in ranges}}
        if task.kind == "pull":
            data["pull"] = {"force": self.pull, "seconds": self.seconds}
        if disturbance := self.disturbances.get(task.kind):
            data["pushes"] = disturbance.model_dump(mode="json")
        if task.kind in ("keep", "place", "slide", "tilt"):
            data["shift"] = task.shift
        if task.shapes:
            data |= {"mass": list(task.mass), "shapes": [shape.model_dump(mode="json") for shape in task.shapes]}
        return data

    def judged(self, kind: Kind, measured: dict[str, float | None]) -> str:
        """Conditions that did not hold, with their figures; empty when all did.

        Args:
            kind: Of the task.
            measured: Figures by name, SI; None: it concerns nothing, and its conditions hold.
        """
        known = {name: value for name, value in measured.items() if value is not None}
        wrong = []
        for condition in map(Condition.parse, self.success[kind]):
            if measured.get(condition.signal, 0.0) is None or condition.compare(known):
                continue
            wrong.append(f"'{condition.text}' did not hold: {known.get(condition.signal, math.nan):.3g}")
        return "; ".join(wrong)


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
        stated: Its position in the map, m.
        noise: Factor on sensors.
        latency: s.
        motor_strength: Factor on torques.
        goal: Where the middle of the other table is, m.
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
    goal: tuple[float, float]


def draw_world(suite: HandSuite, task: HandTask, seed: int) -> GraspWorld:
    """The world of one episode; the same seed gives the same one. A gesture has no object."""
    rng = np.random.default_rng([seed, sum(map(ord, task.skill))])
    kind = task.shapes[seed % len(task.shapes)] if task.shapes else None
    size = kind.draw(rng) if kind else (0.0, 0.0, 0.0)
    x, y = (float(value) for value in rng.uniform(-suite.place, suite.place, 2))
    dx, dy = (float(value) for value in rng.uniform(-suite.misplaced, suite.misplaced, 2))
    mass, friction = float(rng.uniform(*task.mass)), float(rng.uniform(*suite.friction))
    yaw, noise = float(rng.uniform(-np.pi, np.pi)), float(rng.uniform(*suite.noise))
    latency, strength = float(rng.uniform(*suite.latency)), float(rng.uniform(*suite.motor_strength))
    way, towards = float(rng.uniform(*suite.way)), float(rng.uniform(-np.pi, np.pi))
    return GraspWorld(
        shape=kind.shape if kind else "",
        size=size,
        mass=mass,
        friction=friction,
        at=(x + dx, y + dy),
        yaw=yaw,
        stated=(x, y),
        noise=noise,
        latency=latency,
        motor_strength=strength,
        goal=(x + dx + way * math.cos(towards), y + dy + way * math.sin(towards)),
    )


def load_hand_suite(path: Path) -> HandSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(HandSuite, path)
