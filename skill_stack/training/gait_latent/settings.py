"""GaitLatentSettings: how a network is to walk by two numbers, and how they are learnt, from ``latent.yaml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Interval, Positive


class GaitLatentSettings(DataModel):
    """How two numbers become a gait.

    Attributes:
        seed: Seed of robots, commands and networks.
        height: Goal value of the network that is the swing height, and the range of it that is used, m.
        speed: Goal value of the network that is its speed, and the range of it that is used, m/s.
        fixed: The network's other goal values, which do not vary, by name.
        steering: The network's goal values that stay goal values.
        rounds: How often robots walk to be learnt from, each time with other commands.
        robots: Robots of each.
        seconds: Time of each, s.
        hidden: Units of the hidden layer of encoder, decoders and command map.
        epochs: Passes over the periods.
        rate: Learning rate of Adam.
    """

    seed: int = 1
    height: tuple[str, Interval]
    speed: tuple[str, Interval]
    fixed: dict[str, float]
    steering: tuple[str, ...]
    rounds: int = Field(3, ge=1)
    robots: int = Field(128, ge=16)
    seconds: Positive = 5.0
    hidden: int = Field(32, ge=2)
    epochs: int = Field(150, ge=1)
    rate: Positive = 2e-3


def load_settings(folder: Path) -> GaitLatentSettings:
    """Reads the settings of a skill.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(GaitLatentSettings, folder / "latent.yaml")
