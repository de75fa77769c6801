"""ChunkCloneSettings: how a chunk policy is cloned, read from ``clone.yaml`` beside its skill."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive


class RecordSettings(DataModel):
    """What is recorded.

    Attributes:
        episodes: Walks to a point, each in a world and to a point of its own.
        seconds: Longest walk, s.
        stay: Time that a walk goes on after it has arrived, s.
        scene: Scene, varied by the seed.
        x: Range of the point ahead of where the robot begins, m.
        y: Range of the point to its left, m.
        period: Time between two rows, s; that of the policy's actions.
        kick: Standard deviation of what is added to the demonstrator's command, as share of the range of each goal
            value, so that the recordings show how to get back; what is learnt is the command without it.
        kick_seconds: Time for which one such addition lasts, s: half of it to one and a half of it, by chance.
        stray: Share of the time with an unrelated command instead: any command, or standing. Otherwise the pending
            commands would always be right, and a network that observes them would copy them.
        stray_seconds: Longest time from the start with disturbances, s; each walk has a time of its own.
    """

    episodes: int = 160
    seconds: Positive = 12.0
    stay: Positive = 2.0
    scene: str = "open"
    x: tuple[float, float] = (-0.5, 2.5)
    y: tuple[float, float] = (-1.5, 1.5)
    period: Positive = 0.1
    kick: float = Field(0.25, ge=0.0)
    kick_seconds: Positive = 0.5
    stray: float = Field(0.4, ge=0.0, le=1.0)
    stray_seconds: Positive = 8.0


class LearnSettings(DataModel):
    """How the network learns.

    Attributes:
        hidden: Units of each hidden layer.
        epochs: Passes over the recordings.
        batch: Rows of one step.
        rate: Learning rate of Adam at the beginning; it falls to a hundredth along a cosine.
        held_out: Share of the episodes that only judge.
        loss: ``robust``, absolute for large errors, or ``squared``.
        takeover: How much a row counts in which a person had taken over, against 1 for any other.
    """

    hidden: tuple[int, ...] = (256, 256)
    epochs: int = 60
    batch: int = 256
    rate: Positive = 1e-3
    held_out: float = Field(0.1, gt=0.0, lt=1.0)
    takeover: Positive = 3.0
    loss: Literal["robust", "squared"] = "robust"


class ChunkCloneSettings(DataModel):
    """Everything about one cloned policy.

    Attributes:
        seed: Seed of worlds, points, additions, first weights and order of rows.
        record: What is recorded.
        learn: How the network learns.
        measure_episodes: Walks that are measured in the end, with seeds that were not recorded.
        arrived: Distance from the point that counts as arrived, m.
    """

    seed: int = 1
    record: RecordSettings = RecordSettings()
    learn: LearnSettings = LearnSettings()
    measure_episodes: int = 40
    arrived: Positive = 0.2


def load_settings(folder: Path) -> ChunkCloneSettings:
    """Reads ``clone.yaml`` of a skill's folder; raises DataError."""
    return load_model(ChunkCloneSettings, folder / "clone.yaml")
