"""PreparingSkill: what a walking robot does before a skill begins, so that its feet are in place."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from skill_stack.core.data_file import DataModel, check_each_parses
from skill_stack.core.skills.condition import Condition


class PreparingSkill(DataModel):
    """One of the skills that run first.

    Attributes:
        skill: Name of the skill; it must be free to be left at any moment, such as standing or stepping on the spot.
        goals: Its goal values, SI.
        until: Conditions over ``elapsed`` (s since it runs), ``speed``, ``tilt`` and ``yaw_rate`` that must all hold.
        at_most: Time after which the next one begins all the same, s.
    """

    skill: str
    goals: dict[str, float] = {}
    until: tuple[str, ...] = Field(min_length=1)
    at_most: Annotated[float, Field(gt=0)]

    @field_validator("until")
    @classmethod
    def _conditions(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return check_each_parses(Condition.parse, texts)
