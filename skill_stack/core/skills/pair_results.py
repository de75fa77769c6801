"""Measured results of two skills at the same time; `skill-stack eval --into` writes them beside a robot's skills."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model

PAIRS = "pairs.json"
"""Name of the file in the folder of a robot's skills."""
FAILS = 0.5
"""Share of episodes in which both came true, below which two skills are not done at the same time."""

Arguments = Mapping[str, Any]


class PairResult(DataModel):
    """How often two skills at the same time both came true.

    Attributes:
        skills: Both skills, ordered by name.
        signs: Sign of the numbers that the episodes gave them, by ``skill.argument``: what walks ahead tells nothing of
            walking back. Zero is left out.
        episodes: Episodes measured.
        successes: Those in which both came true, by simulator truth.
        suite: Suite and task.
        seeds: Their seeds.
        version: What they were measured with.
    """

    skills: tuple[str, str]
    signs: dict[str, int] = Field(default_factory=dict)
    episodes: int = Field(ge=1)
    successes: int = Field(ge=0)
    suite: str = ""
    seeds: str = ""
    version: str = ""

    @property
    def fails(self) -> bool:
        """Whether the two are not to be done at the same time."""
        return self.successes < FAILS * self.episodes


class PairResults(DataModel):
    """All measured pairs of one robot.

    Attributes:
        pairs: The pairs.
    """

    pairs: tuple[PairResult, ...] = ()

    def of_pair(self, one: str, arguments: Arguments, other: str, others: Arguments) -> PairResult | None:
        """What was measured of two skills with arguments of the same signs; the worst where that is several.

        Args:
            one: A skill.
            arguments: Its arguments.
            other: Another one.
            others: Its arguments.
        """
        names = tuple(sorted((one, other)))
        signs = signs_of(one, arguments) | signs_of(other, others)
        found = [pair for pair in self.pairs if pair.skills == names and pair.signs == signs]
        return min(found, key=lambda pair: pair.successes / pair.episodes, default=None)


def signs_of(skill: str, arguments: Arguments) -> dict[str, int]:
    """Signs of the numbers among arguments; see :class:`PairResult`."""
    numbers = {name: value for name, value in arguments.items() if isinstance(value, int | float)}
    return {f"{skill}.{name}": int(math.copysign(1, value)) for name, value in numbers.items() if value}


def load_pairs(folder: Path) -> PairResults:
    """The results in the folder of a robot's skills; none where nothing was measured.

    Args:
        folder: The folder.

    Raises:
        DataError: The file is wrong.
    """
    path = folder / PAIRS
    return load_model(PairResults, path) if path.is_file() else PairResults()
