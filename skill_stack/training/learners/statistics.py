"""Sums over one training iteration, for the log and the curriculum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

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
        self._figures: dict[str, float] = {}
        self._terms = np.zeros(len(self._names))

    def add(self, dt: float, figures: Mapping[str, float], parts: Sequence[float], fallen: Array) -> None:
        """Adds one tick.

        Args:
            dt: Its length, s.
            figures: Means over the robots by name, a name ending in its unit.
            parts: Mean of every weighted reward term.
            fallen: Which robots fell or lost what they held, bool, shape (n,).
        """
        self._ticks += 1
        self._falls_per_minute += float(fallen.mean()) / dt * 60.0
        for name, value in figures.items():
            self._figures[name] = self._figures.get(name, 0.0) + float(value)
        self._terms += parts

    @property
    def falls_per_minute(self) -> float:
        """Falls per minute and robot."""
        return self._falls_per_minute / max(self._ticks, 1)

    def summary(self) -> dict[str, float]:
        """Means by name: the reward, the figures, falls per minute and robot, every weighted reward term."""
        ticks = max(self._ticks, 1)
        means = {"reward": float(self._terms.sum()) / ticks}
        means |= {name: value / ticks for name, value in self._figures.items()}
        means["falls_per_minute"] = self.falls_per_minute
        return means | {name: float(value) / ticks for name, value in zip(self._names, self._terms)}
