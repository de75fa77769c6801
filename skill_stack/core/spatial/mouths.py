"""Mouths: goals into which a ball is played, one or many at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene import SceneObject

Array = np.ndarray

WIDTH = 1.0
"""Width of a mouth whose place states none, m."""


@dataclass(frozen=True, slots=True)
class Mouths:
    """Goals.

    Attributes:
        middle: Their middles, m, shape (..., 2).
        into: Unit vectors along which a ball goes in, shape (..., 2).
        half: Half of their width, m.
    """

    middle: Array
    into: Array
    half: float = WIDTH / 2

    @classmethod
    def of(cls, place: SceneObject, seen_from: Array | None = None) -> Mouths:
        """The mouth of a place: as wide as the place along its own y, and a ball goes in along its heading.

        Args:
            place: The place.
            seen_from: What a place without a width faces, m, shape (2,); None: it has its heading, too.
        """
        middle, width = np.array(place.position[:2]), place.size[1]
        into = np.array([math.cos(place.yaw), math.sin(place.yaw)])
        if width <= 0.0 and seen_from is not None:
            into = (middle - seen_from) / max(math.dist(middle, seen_from), 1e-6)
        return cls(middle, into, (width or WIDTH) / 2)

    def entered(self, before: Array, after: Array) -> Array:
        """Whether balls went through, from the front, on a straight way.

        Args:
            before: Where they were, m, shape (..., 2).
            after: Where they are, m, shape (..., 2).
        """
        return np.asarray(self.passed_by(before, after) <= self.half)

    def passed_by(self, before: Array, after: Array) -> Array:
        """How far from the middle balls went through the line of the mouth, from the front, m; infinite for others."""
        depths = [((place - self.middle) * self.into).sum(-1) for place in (before, after)]
        through = (depths[0] < 0.0) & (depths[1] >= 0.0)
        share = np.where(through, -depths[0] / np.where(through, depths[1] - depths[0], 1.0), 0.0)
        crossing = before + share[..., None] * (after - before) - self.middle
        off = crossing[..., 1] * self.into[..., 0] - crossing[..., 0] * self.into[..., 1]
        return np.where(through, np.abs(off), np.inf)
