"""MirrorSettings: how a correspondence is learnt, read from ``mirror.yaml`` beside the skill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive

Shared = Literal["ahead", "aside", "turn", "height", "lean", "lean_aside", "twist"]
"""What is seen of both bodies, by :data:`skill_stack.connector.mirroring.person_features.FEATURES`."""


class MirrorSettings(DataModel):
    """How a correspondence is learnt, from ``mirror.yaml`` beside the skill.

    Attributes:
        seed: Seed of motions, runs and networks.
        runs: Recorded runs of the robot.
        seconds: Length of each, s.
        motions: Random motions of people.
        hidden: Units of each of the two hidden layers.
        iterations: Updates of both maps.
        batch: Frames of each.
        rate: Learning rate of Adam.
        noise: Factor on the noise with which the model was wrong.
        same: What both bodies have, each feature of a person by what is seen of the robot, with gain and weight.
        blending: The goal value that blends skills; it is often told to be at either end of its range.
    """

    seed: int = 1
    runs: int = Field(12, ge=1)
    seconds: Positive = 60.0
    motions: int = Field(600, ge=1)
    hidden: int = Field(48, ge=2)
    iterations: int = Field(4000, ge=2)
    batch: int = Field(512, ge=1)
    rate: Positive = 2e-3
    noise: Positive = 1.0
    same: dict[Shared, tuple[Shared, float, Annotated[float, Field(ge=0)]]]
    blending: str


def load_settings(folder: Path) -> MirrorSettings:
    """Reads the settings of a skill.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(MirrorSettings, folder / "mirror.yaml")
