"""SteadyBase: where the base of a robot is that something else carries, without the sway of the steps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from skill_stack.core.rotation import from_yaw, multiply, yaw_of
from skill_stack.motion.sampling.motion_plan import StartState

STEADY = 0.8
"""Time over which height and tilt are averaged, s: longer than a step (0.5 s of the G1's walking policy). Plans that
follow the sway come 0.2 s after it, and add to it."""


class SteadyBase:
    """Averages height and tilt of a base; its place and heading stay as they are measured."""

    def __init__(self) -> None:
        """Begins without a state."""
        self.begin()

    def begin(self) -> None:
        """Forgets what was before."""
        self._mean: np.ndarray | None = None
        self._at = -math.inf

    def see(self, start: StartState) -> StartState:
        """The state with height and tilt averaged over what was seen.

        Args:
            start: The newest state.
        """
        yaw = yaw_of(start.orientation)
        level = np.array(multiply(tuple(from_yaw(-yaw)), tuple(start.orientation)))
        new = np.concatenate([start.place[2:], level * math.copysign(1.0, level[0])])
        share = 1.0 - math.exp(-max(start.time - self._at, 0.0) / STEADY)
        self._mean = new if self._mean is None else self._mean + share * (new - self._mean)
        self._mean[1:] /= np.linalg.norm(self._mean[1:])
        self._at = start.time
        place = np.array([*start.place[:2], self._mean[0]])
        return replace(start, place=place, orientation=np.array(multiply(tuple(from_yaw(yaw)), tuple(self._mean[1:]))))
