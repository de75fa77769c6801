"""SamplingSettings: how motions are sampled."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive, Seconds

SETTINGS_FILE = Path(__file__).with_name("settings.yaml")


class SamplingSettings(DataModel):
    """How motions are sampled; ``settings.yaml`` explains every key."""

    samples: Annotated[int, Field(ge=2, le=4096)]
    horizon: Seconds
    step: Seconds
    substeps: Annotated[int, Field(ge=1, le=100)]
    knots: Annotated[int, Field(ge=2, le=50)]
    sigma: Positive
    temperature: Positive
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    contact_iterations: Annotated[int, Field(ge=1)]
    search_iterations: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _long_enough(self) -> SamplingSettings:
        if self.steps < 2:
            raise ValueError(f"horizon: {self.horizon:g} s holds fewer than two steps of {self.step:g} s")
        return self

    @property
    def steps(self) -> int:
        """Joint targets of a plan."""
        return round(self.horizon / self.step)


class WholeMotionSettings(DataModel):
    """How trajectories of whole motions are found; ``settings.yaml`` explains every key."""

    keys: Annotated[int, Field(ge=2, le=50)]
    duration: Seconds
    samples: Annotated[int, Field(ge=16, le=4096)]
    rounds: Annotated[int, Field(ge=1)]
    spread: Positive


class _SettingsFile(DataModel):
    legged: SamplingSettings
    hand: SamplingSettings
    arms: SamplingSettings
    whole: WholeMotionSettings


@cache
def _shipped() -> _SettingsFile:
    return load_model(_SettingsFile, SETTINGS_FILE)


def settings_for(bodies: Collection[str]) -> SamplingSettings:
    """Settings of ``settings.yaml``.

    Args:
        bodies: What the robot is, see :attr:`RobotSpec.bodies`; what stands on feet of its own counts first.
    """
    shipped = _shipped()
    return next(getattr(shipped, name) for name in ("legged", "arms", "hand") if name in bodies)


def whole_motion_settings() -> WholeMotionSettings:
    """Settings of ``settings.yaml`` for trajectories of whole motions."""
    return _shipped().whole
