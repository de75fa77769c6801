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
LEAST = 1e-6
"""Least variance that counts as left by the synergies, in squared finger lengths: where they explain all, fingers that
are not seen would leave coordinates open."""


class SynergySpace(DataModel):
    """Principal components of fingertips (postural synergies: Santello, Flanders & Soechting, 1998).

    Attributes:
        fingers: Whose tips these are.
        mean: Mean fingertips, in the frame and unit of :class:`skill_stack.connector.retargeting.hand_shape.HandShape`.
        components: One row for each synergy, the strongest first, orthonormal.
        spread: Standard deviation along each, in the same unit; it is the unit of the coordinates.
        explained: Share of the variance that they explain together.
        source: What it was computed from.
    """

    fingers: tuple[str, ...] = ("index", "middle", "ring", "thumb")
    mean: tuple[float, ...]
    components: Annotated[tuple[tuple[float, ...], ...], Field(min_length=1)]
    spread: tuple[Annotated[float, Field(gt=0)], ...]
    explained: Annotated[float, Field(gt=0, le=1)]
    source: str

    @model_validator(mode="after")
    def _fits_together(self) -> SynergySpace:
        if strange := set(self.fingers) - set(FINGERS):
            raise ValueError(f"fingers: {min(strange)} is none of {', '.join(FINGERS)}")
        size = 3 * len(self.fingers)
        if len(self.mean) != size or any(len(row) != size for row in self.components):
            raise ValueError(f"mean and the rows of components have {size} numbers, three of each finger")
        if not len(self.spread) == len(self.components) <= size:
            raise ValueError(f"spread has one number for each of at most {size} components")
        return self

    @property
    def size(self) -> int:
        """Number of synergies."""
        return len(self.spread)

    def first(self, number: int) -> SynergySpace:
        """The space of the strongest components."""
        spread = self.spread[:number]
        explained = self.explained * sum(one**2 for one in spread) / sum(one**2 for one in self.spread)
        return self.model_copy(
            update={"components": self.components[:number], "spread": spread, "explained": explained}
        )

    def encode(self, tips: Array, fingers: Sequence[str]) -> Array:
        """Coordinates of fingertips, shape (synergies,), in standard deviations.

        Of a hand that lacks fingers they are the most likely ones (probabilistic principal components, Tipping &
        Bishop, 1999).

        Args:
            tips: Fingertips in the shared frame and unit, shape (fingers, 3).
            fingers: Which they are, in this order; those that the space does not know count for nothing.
        """
        given, mean = dict(zip(fingers, np.asarray(tips))), np.array(self.mean).reshape(-1, 3)
        known = np.array([finger in given for finger in self.fingers])
        away = np.concatenate([given[finger] - mean[row] for row, finger in enumerate(self.fingers) if known[row]])
        components, spread = np.array(self.components), np.array(self.spread)
        if known.all():
            return np.asarray(components @ away / spread)
        seen = components[:, np.repeat(known, 3)] * spread[:, None]
        left = max(LEAST, (spread @ spread) * (1.0 / self.explained - 1.0) / max(1, mean.size - self.size))
        return np.asarray(np.linalg.solve(seen @ seen.T + left * np.eye(self.size), seen @ away))

    def decode(self, coordinates: Sequence[float] | Array) -> Array:
        """Tips of the space's fingers in the shared frame and unit, shape (fingers, 3).

        Args:
            coordinates: In standard deviations, shape (synergies,); later ones may be left out.
        """
        given = np.asarray(coordinates, float)
        used = np.array(self.components)[: given.size]
        whole = np.array(self.mean) + (given * np.array(self.spread)[: given.size]) @ used
        return np.asarray(whole.reshape(-1, 3))


def fit(tips: Array, fingers: Sequence[str], size: int, source: str) -> SynergySpace:
    """The space fitted to sample fingertips.

    Args:
        tips: Fingertips in the shared frame and unit, shape (postures, fingers, 3).
        fingers: Which they are, in this order.
        size: Number of synergies.
        source: What they are of.
    """
    flat = tips.reshape(len(tips), -1)
    mean = flat.mean(axis=0)
    _, strength, rows = np.linalg.svd(flat - mean, full_matrices=False)
    rows *= np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])[:, None]  # one sign, on every machine
    return SynergySpace(
        fingers=tuple(fingers),
        mean=tuple(np.round(mean, 6).tolist()),
        components=tuple(tuple(row) for row in np.round(rows[:size], 6).tolist()),
        spread=tuple(np.round(strength[:size] / np.sqrt(len(flat)), 6).tolist()),
        explained=round(float((strength[:size] ** 2).sum() / (strength**2).sum()), 4),
        source=source,
    )


def load_space(path: Path) -> SynergySpace:
    """Reads one; raises DataError naming what is wrong."""
    return load_model(SynergySpace, path)
