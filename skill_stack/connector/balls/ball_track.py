"""BallTrack: position and velocity of a rolling ball from late, noisy looks with gaps; one ball, or many at once."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

SLOWS = 0.25
"""How fast a ball that rolls freely is taken to slow down, m/s²: a rolling resistance of 0.025."""
PLACE_GAIN, SPEED_GAIN = 0.5, 1.6
"""How far a look corrects the position, and the velocity for each metre that it was off, 1/s: an alpha-beta filter for
looks of 3 cm at 10 Hz."""
JUMP = 0.5
"""Distance of a look from what was expected from which on the track begins anew, m: it was touched meanwhile."""


class BallTrack:
    """An alpha-beta filter in the plane.

    Attributes:
        place: Where the balls are now, m, shape (..., 2).
        velocity: m/s, shape (..., 2).
    """

    def __init__(self, place: Array) -> None:
        """Begins with balls at rest.

        Args:
            place: Where they are, m, shape (..., 2).
        """
        self.place = np.array(place, float)
        self.velocity = np.zeros_like(self.place)

    def begin(self, which: Array, place: Array) -> None:
        """Puts some balls to a place, at rest.

        Args:
            which: Index or mask of the balls.
            place: Where they are, m, shape (n, 2).
        """
        self.place[which], self.velocity[which] = place, 0.0

    def pass_time(self, seconds: float) -> None:
        """Lets them roll on, slowing down."""
        self.place += self.velocity * seconds
        speed = np.linalg.norm(self.velocity, axis=-1, keepdims=True)
        self.velocity *= np.maximum(0.0, 1.0 - SLOWS * seconds / np.maximum(speed, 1e-6))

    def look(self, seen: Array, age: float, which: Array) -> None:
        """Takes in a look.

        Args:
            seen: Where the balls were seen, m, shape (..., 2).
            age: How old the look is, s.
            which: Which balls were seen, bool, shape (...).
        """
        off = seen - (self.place - self.velocity * age)
        jumped = np.linalg.norm(off, axis=-1) > JUMP
        near, anew = (which & ~jumped)[..., None], (which & jumped)[..., None]
        self.place = np.where(anew, seen, self.place + near * PLACE_GAIN * off)
        self.velocity = np.where(anew, 0.0, self.velocity + near * SPEED_GAIN * off)
