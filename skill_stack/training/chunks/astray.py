"""Astray: disturbances of the demonstrator's commands, so that recordings show how to recover."""

from __future__ import annotations

import numpy as np

from skill_stack.training.chunks.settings import RecordSettings

Limits = dict[str, tuple[float, float]]


class Astray:
    """Disturbs a walk, for a while each time.

    Attributes:
        over: Whether the walk is left to the demonstrator from now on.
    """

    def __init__(self, settings: RecordSettings, limits: Limits, seed: int) -> None:
        """Takes the possible disturbances.

        Args:
            settings: How far and how long.
            limits: Range of each goal value.
            seed: Of everything that happens.
        """
        self._settings, self._limits = settings, limits
        self._rng = np.random.default_rng((seed, 2))
        self._end = float(self._rng.uniform(0.0, settings.stray_seconds))
        self._next = 0.0
        self._added: dict[str, float] = {}
        self._other: dict[str, float] | None = None
        self.over = False

    def instead(self, told: dict[str, float], now: float) -> dict[str, float]:
        """The disturbed command.

        Args:
            told: The demonstrator's command.
            now: Time since the start of the walk, s.
        """
        self.over = self.over or now >= self._end
        if self.over:
            return dict(told)
        if now >= self._next:
            self._next = now + self._settings.kick_seconds * float(self._rng.uniform(0.5, 1.5))
            self._draw()
        if self._other is not None:
            return dict(self._other)
        return {n: min(max(told[n] + self._added[n], low), high) for n, (low, high) in self._limits.items()}

    def _draw(self) -> None:
        """Draws the next disturbance."""
        rng, kick = self._rng, self._settings.kick
        self._added = {n: kick * (high - low) / 2 * rng.standard_normal() for n, (low, high) in self._limits.items()}
        self._other = None
        if rng.random() < self._settings.stray:
            stands = rng.random() < 0.5
            every = {name: float(rng.uniform(*limits)) for name, limits in self._limits.items()}
            self._other = dict.fromkeys(every, 0.0) if stands else every
