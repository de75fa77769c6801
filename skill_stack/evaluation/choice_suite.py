"""ChoiceSuite: conditions drawn from stated ranges in which skills are chosen by their runs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.evaluation.span import Metres, Radians
from skill_stack.evaluation.suite import Randomisation, Seeds


class SeriesOptions(DataModel):
    """Series of requests that meet the conditions in stretches.

    Attributes:
        count: Series.
        requests: Requests in each.
        stretch: Mean number of requests until the condition changes; geometric.
        returns: Share of changes that lead to a condition which the series has had before.
    """

    count: int = Field(ge=2)
    requests: int = Field(ge=1)
    stretch: float = Field(ge=1)
    returns: float = Field(ge=0, le=1)


class AddedOptions(DataModel):
    """Skills added one after the other.

    Attributes:
        grouped_by: Quantity of the conditions by which they are divided into as many tasks as there are ways.
        requests: Requests of a stage, all in the task that belongs to it.
    """

    grouped_by: Literal["friction", "added_mass", "latency", "motor_strength", "noise"]
    requests: int = Field(ge=1)


class ChoiceSuite(DataModel):
    """Walks to an object in drawn conditions.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``choice``.
        robot: Robot name.
        asked: The requested skill; its one argument ``target`` is the object.
        ways: Skills that realise it, the skill itself first.
        seeds: Seeds, one condition each.
        walks: Walks of every way in one condition.
        distance: Of the object from the robot's start, m.
        bearing: Of the object, rad.
        conditions: Ranges from which conditions are drawn, uniform.
        series: See there.
        added: See there.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    through: Literal["choice"]
    robot: str
    asked: str
    ways: tuple[str, ...] = Field(min_length=2)
    seeds: Seeds
    walks: int = Field(ge=1)
    distance: Metres
    bearing: Radians
    conditions: Randomisation
    series: SeriesOptions
    added: AddedOptions

    @model_validator(mode="after")
    def _asked_first(self) -> ChoiceSuite:
        if self.ways[0] != self.asked or len(set(self.ways)) < len(self.ways):
            raise ValueError(f"'ways' begin with '{self.asked}' and name no skill twice")
        return self


def load_choice_suite(path: Path) -> ChoiceSuite:
    """Reads a suite file; raises DataError when it is missing or wrong."""
    return load_model(ChoiceSuite, path)
