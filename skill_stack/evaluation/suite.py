"""Suite: tasks in words, each with what must be true afterwards; read from ``config/scenarios/<name>.yaml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model


class Task(DataModel):
    """One thing that is asked for: an instruction in words, or one skill with arguments that the seed chooses.

    Attributes:
        words: The instruction; empty for a skill.
        object: Id of the object that the instruction is about.
        judge: Name of the judge that decides on simulator truth, e.g. ``seated_at``.
        skill: The skill; empty for an instruction.
    """

    words: str = ""
    object: str = ""
    judge: str = "seated_at"
    skill: str = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Task:
        if bool(self.words) == bool(self.skill) or bool(self.words) != bool(self.object):
            raise ValueError("a task has either 'words' and 'object', or 'skill'")
        return self

    @property
    def name(self) -> str:
        """Under which it is counted."""
        return self.words or self.skill


class Suite(DataModel):
    """Tasks that are run over seeds of one scene.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        robot: Robot name.
        scene: Scene name.
        seeds: Seeds that are used when none are named.
        tasks: What is asked for; none twice.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    robot: str
    scene: str
    seeds: tuple[int, ...] = (1,)
    tasks: tuple[Task, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Suite:
        names = [task.name for task in self.tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"tasks ask for the same thing twice: {', '.join(twice)}")
        return self


def load_suite(path: Path) -> Suite:
    """Reads a suite file.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(Suite, path)
