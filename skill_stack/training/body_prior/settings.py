"""BodyPriorSettings: what a body's latent is distilled from, and how, read from ``prior.yaml`` beside the skill."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Interval, NonNegative, Positive, Share

FILE = "prior.yaml"


class Behaviour(DataModel):
    """Something that a skill of the robot can do.

    Attributes:
        name: What people call it.
        skill: Skill whose network does it.
        share: Share of the time, relative to the others.
        goals: Ranges of the network's goal values, by name; drawn evenly.
        silent: Whether the network's clock is silent: who does this stands.
        through: Behaviour that a robot shows as long as it is too fast for this one; empty for none.
    """

    name: str
    skill: str
    share: NonNegative = 1.0
    goals: dict[str, Interval] = {}
    silent: bool = False
    through: str = ""


class BodyPriorSettings(DataModel):
    """How a body's skills become a latent.

    Attributes:
        size: Numbers of the latent.
        behaviours: What is distilled.
        held: Range of the time for which one of them lasts, s.
        fast: Speed of the base in the plane, m/s, from which on it shows what it goes ``through``.
        rounds: Rounds of acting and fitting.
        settled: Rounds after these with an encoder that no longer changes, in which robots are also led astray.
        ticks: Control ticks of all robots in a round.
        passes: Passes over what was seen so far, after each round.
        last_passes: The same after the last round.
        kept: Ticks of all robots that are kept, the newest.
        strayed: Share of the robots that latents lead there which no intent has; what is nearest teaches them.
        drawn_for: Range of the time for which they keep what was drawn for them, s.
        batch: Ticks of a step of Adam.
        rate: Learning rate of Adam at the start; it falls to a tenth.
        hidden: Units of the decoder's hidden layers.
        small: Units of the hidden layers of encoder and prior.
        deviation: Error of an action that costs half a nat: what is smaller than this is not worth a latent's number.
        weight: Weight of the latent's divergence from the prior.
        seen: Observation terms that the prior sees, of those of the decoder.
        player: Skill whose network draws latents from the prior.
        drawn: Time for which it keeps a draw, s.
        spread: Factor on the deviation of what it draws; above 1 it does more.
        widest: Largest deviation that the prior may have, before the bound of the latent.
    """

    size: int = Field(8, ge=1, le=64)
    behaviours: tuple[Behaviour, ...] = Field(min_length=1)
    held: Interval = (1.5, 5.0)
    fast: Positive = 0.2
    rounds: int = Field(10, ge=1)
    settled: int = Field(10, ge=0)
    ticks: int = Field(100, ge=10)
    passes: int = Field(2, ge=1)
    last_passes: int = Field(4, ge=1)
    kept: int = Field(512_000, ge=1000)
    strayed: Share = 0.5
    drawn_for: Interval = (0.4, 2.5)
    batch: int = Field(2048, ge=16)
    rate: Positive = 1e-3
    hidden: tuple[int, ...] = (256, 128, 128)
    small: tuple[int, ...] = (64, 64)
    deviation: Positive = 0.2
    weight: NonNegative = 0.1
    seen: tuple[str, ...] = ("base_ang_vel", "projected_gravity", "joint_pos_rel", "joint_vel_rel")
    widest: Positive = 1.0
    player: str
    drawn: Positive = 1.0
    spread: Positive = 1.0

    @model_validator(mode="after")
    def _known(self) -> BodyPriorSettings:
        names = [one.name for one in self.behaviours]
        unknown = {one.through for one in self.behaviours} - {"", *names}
        if unknown:
            raise ValueError(f"through: there is no behaviour {sorted(unknown)}; there are {names}")
        return self


def load_prior(folder: Path) -> BodyPriorSettings:
    """Reads the settings of a skill.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(BodyPriorSettings, folder / FILE)
