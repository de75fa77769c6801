"""Sums over one training iteration, for the log and the curriculum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.training.tasks.rewards import TickRecord

Array = np.ndarray


class TrainingStatistics:
    """Statistics since the last :meth:`clear`."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Starts empty.

        Args:
            terms: Names of the reward terms.
        """
        self._names = tuple(terms)
        self.clear()

    def clear(self) -> None:
        """Clears all sums."""
        self._ticks = 0
        self._falls_per_minute = 0.0
        self._linear_error = self._angular_error = 0.0
        self._terms = np.zeros(len(self._names))

    def add(self, tick: TickRecord, parts: Sequence[float], fallen: Array) -> None:
        """Adds one tick.

        Args:
            tick: What happened.
            parts: Mean of every weighted reward term.
            fallen: Which robots fell, bool, shape (n,).
        """
        self._ticks += 1
        self._falls_per_minute += float(fallen.mean()) / tick.dt * 60.0
        self._linear_error += float(np.linalg.norm(tick.command[:, :2] - tick.linear[:, :2], axis=1).mean())
        self._angular_error += float(np.abs(tick.command[:, 2] - tick.angular[:, 2]).mean())
        self._terms += parts

    @property
    def falls_per_minute(self) -> float:
        """Falls per minute and robot."""
        return self._falls_per_minute / max(self._ticks, 1)

    def summary(self) -> dict[str, float]:
        """Means by name: errors in m/s and rad/s, falls per minute and robot, every weighted reward term."""
        ticks = max(self._ticks, 1)
        means = {
            "reward": float(self._terms.sum()) / ticks,
            "linear_error_mps": self._linear_error / ticks,
            "angular_error_radps": self._angular_error / ticks,
            "falls_per_minute": self.falls_per_minute,
        }
        return means | {name: float(value) / ticks for name, value in zip(self._names, self._terms)}
