"""MotionSettings: how a motion by reward terms becomes a policy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")
Count = Annotated[int, Field(ge=1)]


class MotionCloning(DataModel):
    """How the actor begins as a copy of the planner; ``settings.yaml`` explains every key."""

    robots: Count
    rounds: Count
    ticks: Count
    again: Count
    sigma: Positive
    samples: Annotated[int, Field(ge=2)]


class MotionSettings(DataModel):
    """How a motion becomes a policy; ``settings.yaml`` explains every key.

    Attributes:
        task: A training task without the robot, the skill, and what its terms say.
        clone: How the actor begins.
        critic: Updates of the critic alone.
        episodes: Worlds of the comparison.
        first: Seed of the first one.
    """

    task: dict[str, Any]
    clone: MotionCloning
    critic: Count
    episodes: Count
    first: int


@cache
def motion_settings() -> MotionSettings:
    """The settings.

    Raises:
        DataError: The file is wrong.
    """
    return load_model(MotionSettings, SETTINGS_FILE)
