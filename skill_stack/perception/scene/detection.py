"""Detection: one object in one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from skill_stack.perception.scene.shape_fitting import Solid

Array = np.ndarray
KINDS = {"box": "box", "cylinder": "cylinder", "sphere": "ball"}
"""What things of a shape are called."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One object in one look.

    Attributes:
        kind: Its name by its shape, e.g. ``ball``; a detector may give a better one.
        shape: ``box``, ``cylinder`` or ``sphere``.
        position: Centre in the frame of the look, m, shape (3,).
        size: Along its own x, y and z, m.
        yaw: Heading of its x axis, rad; boxes repeat every quarter turn.
        colour: Name of its colour, or an empty string.
        confidence: How sure it is that there is such a thing, 0 to 1.
        deviation: Standard deviation of its place, m.
        whole: Whether nothing hides part of it and it does not reach over the edge of the picture.
        guessed: Whether an extent is a guess.
        pixels: How many pixels show it.
        box: Columns and rows that it spans in the reduced picture: left, top, right, bottom.
        label: Its number among the segments.
        surface: Middle of what is seen of it, m, shape (3,).
        evidence: Logarithm of the likelihood of each shape, 0 for its own; empty where only that is known.
        others: Solids of other shapes that may fit, the better first.
    """

    kind: str
    shape: str
    position: Array
    size: tuple[float, float, float]
    yaw: float
    colour: str
    confidence: float
    deviation: float
    whole: bool
    guessed: bool
    pixels: int
    box: tuple[int, int, int, int]
    label: int
    surface: Array
    evidence: Mapping[str, float] = field(default_factory=dict)
    others: tuple[Solid, ...] = ()

    def shaped(self, shape: str) -> Detection:
        """The detection as one of another shape; the same where that does not fit what is seen."""
        for one in self.others:
            if one.shape == shape:
                return replace(self, shape=shape, position=one.centre, size=one.size, yaw=one.yaw, guessed=one.guessed)
        return self
