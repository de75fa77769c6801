"""Suite: scenarios as data, read from ``config/scenarios/<name>.yaml``: robot, worlds, tasks, success criteria."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.evaluation.attempt import Attempt
from skill_stack.evaluation.demand import Demand
from skill_stack.evaluation.span import Factor, Kilograms, Metres, Radians, Seconds, Speed

MOST_SEEDS = 10_000

Begin = Literal["lying", "standing", "sitting", "thrown", "fallen", "walking", "planted"]
"""How it begins: ``thrown`` is dropped in any attitude, ``fallen`` pushed over while it stood, ``walking`` in the
middle of a walk at random velocity, ``planted`` on planted feet after one."""


def seeds_of(value: object) -> tuple[int, ...]:
    """Reads ``1-20``, ``3,7``, both together, or a list of numbers.

    Raises:
        DataError: It is something else, or too many.
    """
    if isinstance(value, list | tuple):
        value = ",".join(str(seed) for seed in value)
    seeds: list[int] = []
    for part in str(value).split(","):
        match = re.fullmatch(r"\s*(\d{1,9})(?:-(\d{1,9}))?\s*", part)
        if match is None:
            raise DataError(f"'{value}' does not name seeds; write for example 1-20 or 3,7")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first + len(seeds) >= MOST_SEEDS:
            raise DataError(f"'{value}' does not name seeds from the smaller to the larger, at most {MOST_SEEDS}")
        seeds.extend(range(first, last + 1))
    return tuple(dict.fromkeys(seeds))


def _read(reader: Any) -> BeforeValidator:
    """A reader of this project, whose errors become those of the file."""

    def read(value: Any) -> Any:
        try:
            return reader(value)
        except SkillStackError as error:
            raise ValueError(str(error)) from error

    return BeforeValidator(read)


Seeds = Annotated[tuple[int, ...], _read(seeds_of)]
Demands = Annotated[
    tuple[Demand, ...], _read(lambda texts: tuple(t if isinstance(t, Demand) else Demand.parse(str(t)) for t in texts))
]


class Randomisation(DataModel):
    """Ranges of the seed, uniform, replacing the scene's own; missing ones stay the scene's.

    Attributes:
        friction: Friction coefficient between feet and floor.
        added_mass: Mass added to the base, kg.
        latency: Latency of the commands, s.
        motor_strength: Factor on every torque that the motors make.
        noise: Factor on the sensors' declared noise.
        start_shift: Largest shift of the start along x and y, m.
        start_yaw: Largest change of the start's heading, rad.
        object_shift: Largest shift of objects along x and y, m.
    """

    friction: Factor | None = None
    added_mass: Kilograms | None = None
    latency: Seconds | None = None
    motor_strength: Factor | None = None
    noise: Factor | None = None
    start_shift: Metres | None = None
    start_yaw: Radians | None = None
    object_shift: Metres | None = None


class Pushes(DataModel):
    """Sudden changes of the base's velocity, in any direction, from the start until the task has ended.

    Attributes:
        speed: Their size, m/s.
        first: Time to the first, s.
        every: Time between them, s.
    """

    speed: Speed
    first: Seconds
    every: Seconds


class Perturbations(DataModel):
    """Additional disturbances.

    Attributes:
        pushes: See there.
        payload: Mass on the base, besides what the seed adds, kg.
        weak_motors: Factor on the torque of single joints, by name.
        latency: Latency besides what the seed draws, s.
        harsh: Faults and delays of motors and bus; None for those of the scene.
    """

    pushes: Pushes | None = None
    payload: Kilograms = (0.0, 0.0)
    weak_motors: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    latency: Seconds = (0.0, 0.0)
    harsh: HardwareRealism | None = None


class Interjection(DataModel):
    """Words during a task.

    Attributes:
        say: The words of the request.
        moved: Said when the robot has covered this distance since it set out, m.
        turned: Said when the robot has turned by this angle since it set out, rad.
        seconds: Said this much task time after the words before, s.
        outcome: How the words themselves must be answered, e.g. ``succeeded``; empty: it does not matter.
    """

    say: str = Field(min_length=1)
    moved: float | None = Field(None, ge=0)
    turned: float | None = Field(None, ge=0)
    seconds: float | None = Field(None, ge=0)
    outcome: str = ""

    @model_validator(mode="after")
    def _one_moment(self) -> Interjection:
        if [self.moved, self.turned, self.seconds].count(None) != 2:
            raise ValueError("words in between need exactly one of 'moved', 'turned' and 'seconds'")
        return self


class Task(DataModel):
    """One request: an instruction in words, or a skill.

    Attributes:
        name: Under which it is counted; left out, the words or the skill.
        words: The instruction; empty for a skill.
        skill: The skill; empty for an instruction.
        said: The skill with its arguments in words, which are said instead where it runs through the nodes; drawn ones
            stand in braces: ``roam {direction}``.
        arguments: Arguments of the skill, each a value, a range with its unit, a list to choose from, ``any`` (any
            value of its range, any choice, any object) or ``open`` (any object with room around it).
        free: The way that the arguments describe is free of objects: a ``displacement``, or a ``pace`` kept for a time.
        begins: Initial state of the robot; several: the seed chooses.
        seconds: The episode lasts at least so long, and a skill without an end of its own exactly so long, s.
        scene: Another scene than the suite's.
        rolls: How fast the ball ``target`` rolls when it begins, in any direction, m/s; left out, it lies still.
        path: Corners of a path: argument names of places, in order, for quantities that judge it.
        between: Requests in words during the task, in order.
        outcome: The outcome that the robot itself must report; empty: any.
        success: Demands on simulator truth.
    """

    name: str = ""
    words: str = ""
    skill: str = ""
    said: str = ""
    arguments: dict[str, float | str | list[float | str]] = Field(default_factory=dict)
    free: Literal["", "displacement", "pace"] = ""
    begins: tuple[Begin, ...] = ("lying",)
    seconds: float | None = Field(None, gt=0)
    scene: str = ""
    rolls: Speed | None = None
    path: tuple[str, ...] = ()
    between: tuple[Interjection, ...] = ()
    outcome: Literal["", "succeeded", "failed", "interrupted"] = "succeeded"
    success: Demands = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        begins = data.get("begins")
        return {
            **data,
            "name": data.get("name") or data.get("words") or data.get("skill") or "",
            **({"begins": (begins,)} if isinstance(begins, str) else {}),
        }

    @model_validator(mode="after")
    def _one_of_two(self) -> Task:
        if bool(self.words) == bool(self.skill):
            raise ValueError("a task has either 'words' or 'skill'")
        if self.words and (self.arguments or self.free or self.path):
            raise ValueError("'arguments', 'free' and 'path' belong to a skill, not to words")
        if self.skill and self.between:
            raise ValueError("words in between belong to words, not to a skill")
        unknown = {name for _, name, _, _ in Formatter().parse(self.said) if name} - set(self.arguments)
        if unknown:
            raise ValueError(f"'said' names {sorted(unknown)}, which 'arguments' do not give")
        return self

    def sentence(self, arguments: Mapping[str, Any]) -> str:
        """What is said for some drawn arguments; empty where the skill is called."""
        return self.said.format(**arguments)


class Suite(DataModel):
    """Tasks that are run over seeds of worlds.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        robot: Robot name.
        scene: Scene name.
        through: ``line``, in one process; or ``nodes``: in real time, through every process of a deployment.
        deployment: For the nodes; left out, the robot's simulation.
        together: Tasks in words, one seed each, that one running stack does before it is brought up anew.
        patience: Longest task through the nodes, s of task time.
        seeds: Seeds that are used when none are named.
        randomisation: What the seed draws.
        perturbations: Disturbances of the robot.
        tasks: The tasks; no name twice.
        attempts: What was tried besides and has not become a skill; nothing runs it.
        besides: Other suites of this robot whose skills the page of its skills shows as well; nothing runs them.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    robot: str
    scene: str = "playground"
    through: Literal["line", "nodes"] = "line"
    deployment: str = ""
    together: int = Field(1, ge=1)
    patience: float = Field(90.0, gt=0)
    seeds: Seeds = (1,)
    randomisation: Randomisation = Randomisation()
    perturbations: Perturbations = Perturbations()
    tasks: tuple[Task, ...] = Field(min_length=1)
    attempts: tuple[Attempt, ...] = ()
    besides: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Suite:
        names = [task.name for task in self.tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"tasks are counted under the same name twice: {', '.join(twice)}")
        return self


def load_suite(path: Path) -> Suite:
    """Reads a suite file.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(Suite, path)
