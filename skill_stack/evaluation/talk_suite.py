"""TalkSuite: tasks in words with words in between, for a running stack; read from ``config/scenarios/<name>.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model

CheckKind = Literal[
    "near", "facing", "gap", "seated", "standing", "visited", "avoided", "moved", "turned", "slower", "faster"
]


class Interjection(DataModel):
    """Words that are said while the robot works.

    Attributes:
        say: The words.
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


class Check(DataModel):
    """What must be so on simulator truth.

    Attributes:
        kind: ``near`` and ``facing`` an object at the end; ``gap``: free space between the robot's front and it, from
            ``least`` to ``most`` m; ``seated``, ``standing`` at the end; ``visited``: all objects came near, in order;
            ``avoided``: none of them ever did; ``moved``: distance along the heading of the start, m (with ``aside``
            to the left), ``turned``, rad: within ``tolerance``; ``slower``, ``faster``: speed after the words in
            between against that before, by ``factor``.
        objects: Objects that it is about.
        least: m.
        most: m.
        value: m or rad.
        aside: m.
        tolerance: m or rad.
        factor: Share.
    """

    kind: CheckKind
    objects: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 10.0
    value: float = 0.0
    aside: float = 0.0
    tolerance: float = Field(0.2, gt=0)
    factor: float = Field(0.85, gt=0)


class TalkTask(DataModel):
    """One task.

    Attributes:
        name: Under which it is counted.
        kind: ``plain``, ``correction`` or ``change`` (of mind).
        words: The instruction.
        between: Words that are said while it is done, in order.
        outcome: How the first words must end; empty: it does not matter.
        checks: What must be so.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["plain", "correction", "change"] = "plain"
    words: str = Field(min_length=1)
    between: tuple[Interjection, ...] = ()
    outcome: str = "succeeded"
    checks: tuple[Check, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> TalkTask:
        if (self.kind == "plain") != (not self.between):
            raise ValueError("a correction or change of mind has words in between, a plain task has none")
        return self


class TalkSuite(DataModel):
    """Tasks for a running stack.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``nodes``: every process of a deployment, as on the robot.
        deployment: The deployment.
        together: Tasks that one running stack does before it is brought up anew.
        seconds: Longest task, s of task time.
        tasks: What is asked for.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    through: Literal["nodes"]
    deployment: str
    together: int = Field(5, ge=1)
    seconds: float = Field(90.0, gt=0)
    tasks: tuple[TalkTask, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> TalkSuite:
        names = [task.name for task in self.tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two tasks are named {', '.join(twice)}")
        return self


def load_talk_suite(path: Path) -> TalkSuite:
    """Reads a suite file; raises DataError when it is missing or wrong."""
    return load_model(TalkSuite, path)
