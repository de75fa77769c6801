"""PracticeSettings: how a robot practises by itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive, Seconds, Share
from skill_stack.practice.curve import CurveLimits

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")


class PracticeSettings(DataModel):
    """How a robot practises; ``settings.yaml`` explains every key."""

    worlds: Annotated[int, Field(ge=1, le=1000)]
    holds: Share
    weights: tuple[Positive, ...] = Field(min_length=1)
    policy: tuple[Positive, ...]
    minutes: Positive
    seconds: Seconds
    far: Seconds
    proposals: Annotated[int, Field(ge=1, le=10_000)]
    curve: CurveLimits
    label_hold: Seconds
    label_apart: Positive


@cache
def practice_settings() -> PracticeSettings:
    """Settings of ``settings.yaml``."""
    return load_model(PracticeSettings, SETTINGS_FILE)
