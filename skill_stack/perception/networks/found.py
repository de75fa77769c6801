"""Results of networks, and the interfaces of the networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Array = np.ndarray
Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the whole picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One object that a network found in a picture.

    Attributes:
        name: What it is.
        confidence: 0 to 1.
        box: Where.
        mask: Its pixels, bool, shape (height, width), or None where the network gives boxes alone.
    """

    name: str
    confidence: float
    box: Box
    mask: Array | None = None


class Detector(Protocol):
    """Finds objects in a picture."""

    def find(self, colour: Array, words: Sequence[str] = ()) -> list[Found]:
        """Detected objects, the surest first.

        Args:
            colour: RGB, uint8, shape (height, width, 3).
            words: Names to detect; a detector of fixed classes gives those of its classes, without words all of them.
        """


class Segmenter(Protocol):
    """Finds the outline of one object."""

    def outline(self, colour: Array, box: Box | None = None, points: Sequence[tuple[float, float]] = ()) -> Array:
        """The pixels of the object in a box or at points, bool, shape (height, width)."""


class Scorer(Protocol):
    """Scores how well words match pictures."""

    def score(self, pictures: Sequence[Array], words: Sequence[str]) -> Array:
        """Probability of each text for each picture, shape (pictures, words); each row sums to 1."""
