"""SynergySpace: a few coordinates that describe the fingertips of most postures, the same for every hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.robots.fingertip import FINGERS

Array = np.ndarray
SIZE = 3 * len(FINGERS)


class SynergySpace(DataModel):
    """Principal components of fingertips (postural synergies: Santello, Flanders & Soechting, 1998).

    Attributes:
        mean: Mean fingertips, in the frame and unit of :class:`skill_stack.connector.retargeting.hand_shape.HandShape`.
        components: One row for each synergy, the strongest first, orthonormal.
        spread: Standard deviation along each, in the same unit; it is the unit of the coordinates.
        explained: Share of the variance that they explain together.
        source: What it was computed from.
    """

    mean: Annotated[tuple[float, ...], Field(min_length=SIZE, max_length=SIZE)]
    components: Annotated[tuple[tuple[float, ...], ...], Field(min_length=1, max_length=SIZE)]
    spread: tuple[Annotated[float, Field(gt=0)], ...]
    explained: float
    source: str

    @model_validator(mode="after")
    def _fits_together(self) -> SynergySpace:
        if any(len(row) != SIZE for row in self.components) or len(self.spread) != len(self.components):
            raise ValueError(f"components are rows of {SIZE} numbers, with as many numbers in spread")
        return self

    @property
    def size(self) -> int:
        """Number of synergies."""
        return len(self.spread)

    def first(self, number: int) -> SynergySpace:
        """The space of the strongest components."""
        return self.model_copy(update={"components": self.components[:number], "spread": self.spread[:number]})

    def encode(self, tips: Array) -> Array:
        """Coordinates of fingertips, shape (synergies,), in standard deviations.

        Args:
            tips: Fingertips in the shared frame and unit, shape (fingers, 3).
        """
        away = np.asarray(tips).ravel() - np.array(self.mean)
        return np.asarray(np.array(self.components) @ away / np.array(self.spread))

    def decode(self, coordinates: Sequence[float] | Array) -> Array:
        """Fingertips in the shared frame and unit, shape (fingers, 3).

        Args:
            coordinates: In standard deviations, shape (synergies,); later ones may be left out.
        """
        given = np.asarray(coordinates, float)
        used = np.array(self.components)[: given.size]
        whole = np.array(self.mean) + (given * np.array(self.spread)[: given.size]) @ used
        return np.asarray(whole.reshape(len(FINGERS), 3))


def fit(tips: Array, size: int, source: str) -> SynergySpace:
    """The space fitted to sample fingertips.

    Args:
        tips: Fingertips in the shared frame and unit, shape (postures, fingers, 3).
        size: Number of synergies.
        source: What they are of.
    """
    flat = tips.reshape(len(tips), SIZE)
    mean = flat.mean(axis=0)
    _, strength, rows = np.linalg.svd(flat - mean, full_matrices=False)
    rows *= np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])[:, None]  # one sign, on every machine
    return SynergySpace(
        mean=tuple(np.round(mean, 6).tolist()),
        components=tuple(tuple(row) for row in np.round(rows[:size], 6).tolist()),
        spread=tuple(np.round(strength[:size] / np.sqrt(len(flat)), 6).tolist()),
        explained=round(float((strength[:size] ** 2).sum() / (strength**2).sum()), 4),
        source=source,
    )


def load_space(path: Path) -> SynergySpace:
    """Reads one; raises DataError naming what is wrong."""
    return load_model(SynergySpace, path)
