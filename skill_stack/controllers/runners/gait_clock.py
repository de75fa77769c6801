"""The clock that a walking policy follows: one phase per foot, silent while the robot stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Array = np.ndarray


class GaitClock:
    """Phases of the feet. The same code serves one robot and a batch of them.

    After the last command to move the clock runs on for a while, so that the robot steps to a halt before it plants
    all feet: planting them at full speed makes it fall over its own front feet.

    Attributes:
        phase: Phase of the whole gait, 0 to 1, shape (batch,).
        left: Time for which the clock runs on without a command to move, s, shape (batch,).
    """

    def __init__(self, offsets: Sequence[float], frequency: float, batch: int = 1, *, stop_delay: float = 0.0) -> None:
        """Starts at phase 0, silent.

        Args:
            offsets: Phase of each foot relative to the gait, 0 to 1, in the order of the policy's feet.
            frequency: Gait cycles per second, Hz.
            batch: Number of robots.
            stop_delay: Time for which the clock runs on after the last command to move, s.
        """
        self._offsets: Array = np.asarray(offsets, dtype=float)
        self._frequency: Array | float = frequency
        self._stop_delay = stop_delay
        self.phase: np.ndarray = np.zeros(batch)
        self.left: np.ndarray = np.zeros(batch)

    @property
    def size(self) -> int:
        """Number of values that :meth:`write` fills per robot: sine and cosine of every foot."""
        return 2 * self._offsets.shape[-1]

    def advance(self, seconds: float) -> None:
        """Moves the phase on.

        Args:
            seconds: Task time since the last call, s.
        """
        self.phase = (self.phase + self._frequency * seconds) % 1.0
        self.left -= seconds

    def set_gait(self, offsets: Array, frequency: Array | float) -> None:
        """Gives each robot a gait of its own.

        Args:
            offsets: Phase of each foot relative to the gait, 0 to 1, shape (batch, feet).
            frequency: Gait cycles per second, Hz, shape (batch,) or one for all.
        """
        self._offsets, self._frequency = offsets, frequency

    def follow(self, other: GaitClock) -> None:
        """Continues from another clock, for a skill that takes over from another one of the same policy."""
        self.phase[:] = other.phase
        self.left[:] = other.left

    def reset(self, which: Array | slice = slice(None), phase: Array | float = 0.0) -> None:
        """Makes some clocks silent.

        Args:
            which: Indices of the robots; all by default.
            phase: Their phases, 0 to 1.
        """
        self.phase[which] = phase
        self.left[which] = 0.0

    def foot_phases(self) -> Array:
        """Phase of each foot, 0 to 1, shape (batch, feet); a step begins with stance at 0."""
        return (self.phase[:, None] + self._offsets) % 1.0

    def write(self, out: Array, moving: Array | bool) -> Array:
        """Fills the observation ``gait_phase``: sines of all feet, then cosines; zeros while silent.

        Args:
            out: Receives the values, shape (batch, 2 * feet).
            moving: Whether each robot has a motion command, shape (batch,) or one bool for all.

        Returns:
            Whether each clock runs, bool, shape (batch,).
        """
        feet = self._offsets.shape[-1]
        angle = (2 * np.pi) * (self.phase[:, None] + self._offsets)
        np.sin(angle, out=out[:, :feet])
        np.cos(angle, out=out[:, feet:])
        self.left = np.where(moving, self._stop_delay, self.left)
        running = (self.left > 1e-6) | moving
        out *= running[:, None]
        return running
