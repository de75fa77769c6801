"""PracticeSuite: how practice by itself is measured; a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Share
from skill_stack.evaluation.suite import Seeds


class RefusedTask(DataModel):
    """A task that is refused for one missing skill.

    Attributes:
        robot: Whose.
        words: The task.
        again: Another task with the same skill.
    """

    robot: str
    words: str
    again: str


class RecordedCurve(DataModel):
    """A course of learning that was recorded.

    Attributes:
        course: What it did.
        how: How it came about.
        seed: Of the run.
        values: Mean reward by iteration.
    """

    course: Literal["learning", "stuck", "diverged"]
    how: str
    seed: int
    values: tuple[float, ...] = Field(min_length=2)


class PracticeLimits(DataModel):
    """What is to be reached, as shares and counts."""

    scenes: Share
    feasible: Share
    judged: Share
    labels: Share
    curves: Annotated[int, Field(ge=0)]
    tasks: Annotated[int, Field(ge=0)]
    minutes: float


class PracticeSuite(DataModel):
    """The suite.

    Attributes:
        name: Its name.
        description: One sentence.
        through: ``practice``.
        seeds: Of the runs, when none are named.
        limits: What is to be reached.
        worlds: Worlds in which each task is done.
        first: The first of them.
        tasks: Tasks that are refused.
        curves: Recorded courses.
    """

    name: str
    description: str
    through: Literal["practice"]
    seeds: Seeds
    limits: PracticeLimits
    worlds: Annotated[int, Field(ge=1)]
    first: int
    tasks: tuple[RefusedTask, ...]
    curves: tuple[RecordedCurve, ...]


def load_practice_suite(path: Path) -> PracticeSuite:
    """Reads a suite.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(PracticeSuite, path)
