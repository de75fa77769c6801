"""DirectionSettings: how directions are found, read from ``directions.yaml`` beside the skill."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive

Range = tuple[float, float]


class DirectionSettings(DataModel):
    """How directions of a latent become ways.

    Attributes:
        seed: Seed of networks and of the model's chance.
        directions: Directions of the latent, evenly around a circle.
        seconds: Length of a way in training, s.
        ways: Ways of one iteration.
        iterations: Updates of policy and latent.
        rate: Learning rate of Adam.
        hidden: Units of each hidden layer.
        follow: Range of the time constant with which the base follows a commanded velocity, s.
        gain: Range of the velocity that it has in the end, as share of what is commanded.
        stray: Standard deviation of the velocity's disturbance, m/s and rad/s.
        whole: Way at which the policy says that it is through, m.
        scene: Scene of the ways that are measured, varied by the seed.
    """

    seed: int = 1
    directions: int = Field(8, ge=2, le=64)
    seconds: Positive = 8.0
    ways: int = Field(512, ge=16)
    iterations: int = Field(400, ge=1)
    rate: Positive = 1e-3
    hidden: tuple[int, ...] = (64, 64)
    follow: Range = (0.15, 0.5)
    gain: Range = (0.85, 1.05)
    stray: float = Field(0.03, ge=0)
    whole: Positive = 2.6
    scene: str = "open"


def load_directions(folder: Path) -> DirectionSettings:
    """Reads the settings of a skill.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(DirectionSettings, folder / "directions.yaml")
