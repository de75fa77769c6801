"""What ``coarse.yaml`` beside a skill says: who commands, what is recorded, how it is learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive
from skill_stack.training.chunks.settings import LearnSettings
from skill_stack.training.hands.hand_task import ObjectTask

Range = tuple[float, float]


class PersonSettings(DataModel):
    """How coarse the commands of a simulated person are.

    Attributes:
        means: Time for which one primitive is meant, s.
        rests: Time between two, in which the person's hand is a bowl, s.
        moves: Time in which the person's fingers go over from one motion to the next, s.
        vigour: Factor on the person's finger motion.
        delay: From what is meant to what is told, s.
        noise: Standard deviation of slow errors of every joint, rad; one draw for each episode.
        wander: Time constant of these, s.
        tremor: Amplitude of the tremor of every joint, rad.
        shaking: Its frequency, Hz.
    """

    means: Range = (2.5, 4.0)
    rests: Range = (1.0, 2.0)
    moves: Positive = 0.5
    vigour: Range = (0.8, 1.2)
    delay: Range = (0.1, 0.25)
    noise: Range
    wander: Positive = 0.5
    tremor: Range = (0.0, 0.06)
    shaking: Range = (8.0, 12.0)


class WindowSettings(DataModel):
    """What is recorded.

    Attributes:
        hands: How many at once.
        worlds: How many different hands with objects there are.
        seconds: Length of every round, s.
        rounds: The first follows the primitives, the others what was learnt until then.
        leads: What happened so long before a loss is not learnt from, s: only windows that keep the object count.
        far: Distance from where the object lay from which on a command is set aside at the middle of the dial, m.
        done: How far a push has brought the object its way when more of the same is set aside there, m.
        size: Share of a primitive's motion that is done at the middle of the dial.
        sizes: The same of some primitives by name: of one whose way none of the others leads back.
        noise: Standard deviation of slow errors of what the hand does in the first round, rad.
        care: How much a window counts in which a command is set aside for the object's place.
        begins: How often the controller begins anew, knowing no past, Hz.
    """

    hands: int = Field(64, ge=1)
    worlds: int = Field(128, ge=1)
    seconds: Positive = 30.0
    rounds: int = Field(2, ge=1)
    leads: Positive = 2.0
    far: Positive = 0.02
    done: Positive = 1.0
    size: float = Field(1.0, gt=0.0, le=1.0)
    sizes: dict[str, Annotated[float, Field(gt=0.0, le=1.0)]] = {}
    noise: float = 0.1
    care: Positive = 1.0
    begins: float = Field(0.0, ge=0.0)


class CoarseSettings(DataModel):
    """All of it.

    Attributes:
        primitives: Learnt skills of the hand whose windows are learnt from.
        objects: What lies in the hand.
        strayed: Distance from where it lay at which an object counts as lost, m.
        training: Persons in training.
        judged: Persons of the measurement.
        record: What is recorded.
        learn: How it is learnt.
        seed: Of everything random.
    """

    primitives: Annotated[tuple[str, ...], Field(min_length=4)]
    objects: ObjectTask
    strayed: Positive = 0.06
    training: PersonSettings
    judged: PersonSettings
    record: WindowSettings = WindowSettings()
    learn: LearnSettings
    seed: int = 1


def load_settings(folder: Path) -> CoarseSettings:
    """Reads ``coarse.yaml`` of a skill folder; raises DataError naming what is wrong."""
    return load_model(CoarseSettings, folder / "coarse.yaml")
