"""Sighting: where a known thing was seen, relative to the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing in one look.

    Attributes:
        thing: Its id in the scene.
        ahead: Distance of its centre ahead of the base, level, m.
        left: The same to the left, m.
        deviation: Standard deviation of either, m.
        height: Its height above the ground, m; NaN where it is not told.
    """

    thing: str
    ahead: float
    left: float
    deviation: float
    height: float = math.nan
