"""Adaptive contexts: what robots fail at is drawn more often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Array = np.ndarray

_MEMORY = 0.995  # per judged case; about 200 cases count in each bin
_FLOOR = 0.15  # need of what always succeeds, so that it is not forgotten


class NeedMap:
    """Measured success over the bins of some axes (goal values, properties of the robot), and sampling by it.

    Success is kept for each axis alone: a few cases per bin are enough then, while a joint table of five axes would
    never fill.

    Attributes:
        names: Names of the axes.
        success: Share of successes per axis and bin, shape (axes, bins).
    """

    def __init__(self, names: Sequence[str], ranges: Sequence[tuple[float, float]], bins: int = 5) -> None:
        """Begins with a success of one half everywhere.

        Args:
            names: Names of the axes.
            ranges: Lowest and highest value of each axis.
            bins: Bins per axis, of equal width.
        """
        self.names = tuple(names)
        low, high = np.array(ranges, dtype=float).reshape(-1, 2).T
        self._low, self._width = low, np.maximum(high - low, 1e-9)
        self._bins = bins
        self.success = np.full((len(self.names), bins), 0.5)

    def bins_of(self, values: Array) -> Array:
        """Bin of every value; values beyond a range count in its outermost bin.

        Args:
            values: Shape (..., axes).
        """
        place = np.floor((values - self._low) / self._width * self._bins).astype(int)
        return np.clip(place, 0, self._bins - 1)

    def need(self, values: Array) -> Array:
        """Training need of each case, above 0: one for what never succeeds, shape (...).

        Args:
            values: Shape (..., axes).
        """
        if not self.names:
            return np.ones(values.shape[:-1])
        success = self.success[np.arange(len(self.names)), self.bins_of(values)]
        return _FLOOR + (1.0 - _FLOOR) * (1.0 - success).max(axis=-1)

    def report(self, values: Array, succeeded: Array) -> None:
        """Takes the outcome of some cases.

        Args:
            values: Shape (cases, axes).
            succeeded: Bool, shape (cases,).
        """
        bins = self.bins_of(values)
        for axis in range(len(self.names)):
            count = np.bincount(bins[:, axis], minlength=self._bins)
            wins = np.bincount(bins[:, axis], weights=succeeded, minlength=self._bins)
            mean = wins / np.maximum(count, 1)
            kept = _MEMORY**count
            self.success[axis] = kept * self.success[axis] + (1.0 - kept) * mean

    def choose(self, candidates: Array, rng: np.random.Generator) -> Array:
        """For each place one of its candidates, with a probability proportional to its need.

        Args:
            candidates: Shape (candidates, places, axes).
            rng: Source of chance.

        Returns:
            Index of the candidate chosen, int, shape (places,).
        """
        shares = np.cumsum(self.need(candidates), axis=0)
        return (rng.random(shares.shape[1]) * shares[-1] < shares).argmax(axis=0)

    def measured(self) -> dict[str, dict[str, list[float]]]:
        """Success by axis as plain data: values in the middle of the bins, and the share of successes at each."""
        middles = self._low[:, None] + self._width[:, None] * (np.arange(self._bins) + 0.5) / self._bins
        return {
            name: {"values": middles[axis].tolist(), "success": self.success[axis].tolist()}
            for axis, name in enumerate(self.names)
        }

    def begin_with(self, measured: Mapping[str, Mapping[str, Sequence[float]]]) -> int:
        """Takes what another run measured, as far as it has the same axes, in place of one half everywhere.

        Between its values it is straight, beyond them it stays. What is measured from now on outweighs it after some
        200 cases in each bin.

        Args:
            measured: What :meth:`measured` of that run gave.

        Returns:
            How many axes it took.
        """
        mine = self.measured()
        known = [axis for axis, name in enumerate(self.names) if name in measured]
        for axis in known:
            name = self.names[axis]
            self.success[axis] = np.interp(mine[name]["values"], measured[name]["values"], measured[name]["success"])
        return len(known)

    def weakest(self) -> str:
        """The bin with the lowest success, for people: ``foot_friction 0.40…0.58: 71 %``."""
        if not self.names:
            return ""
        axis, place = np.unravel_index(int(self.success.argmin()), self.success.shape)
        low = self._low[axis] + self._width[axis] * place / self._bins
        high = low + self._width[axis] / self._bins
        return f"{self.names[axis]} {low:.2f}…{high:.2f}: {self.success[axis, place]:.0%}"
