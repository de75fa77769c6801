"""Attempts that did not become a skill; listed on the page of skills."""

from __future__ import annotations

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel


class Attempt(DataModel):
    """Attempts at something that no shipped skill does.

    Attributes:
        skill: Its name in the criteria.
        episodes: How many there were.
        successes: How many of them met the criteria.
        how: What was tried, and why that was not enough; one sentence.
    """

    skill: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    episodes: int = Field(ge=1)
    successes: int = Field(ge=0)
    how: str = Field(min_length=1)

    @model_validator(mode="after")
    def _counted(self) -> Attempt:
        if self.successes > self.episodes:
            raise ValueError(f"'{self.skill}' succeeded {self.successes} times in {self.episodes} episodes")
        return self
