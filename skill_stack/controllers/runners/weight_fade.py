"""WeightFade: weight of each skill per joint, while it changes from one set to another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Array = np.ndarray

NOTHING = 1e-9
"""Weight below which a joint counts as not driven."""


def normalised(weights: Mapping[str, Array]) -> dict[str, Array]:
    """Weights that sum to one for every driven joint, and to zero for the others.

    Args:
        weights: By skill, at least one; not negative, each of shape (joints,).
    """
    total = np.sum(list(weights.values()), axis=0)
    driven = total > NOTHING
    return {name: np.divide(share, total, out=np.zeros_like(total), where=driven) for name, share in weights.items()}


class WeightFade:
    """Weights per joint that change linearly from one set to another.

    Both sets sum up to one for every joint, so every set between them does.

    Attributes:
        end: Requested weights, by name, each of shape (joints,).
        done: Whether the weights are those.
    """

    def __init__(self, begin: Mapping[str, Array], end: Mapping[str, Array], seconds: float) -> None:
        """Starts a fade.

        Args:
            begin: Weights now, by name, each of shape (joints,); a name that is missing has none.
            end: Requested weights, at least one.
            seconds: How long a change from nothing to everything takes, s; a smaller one takes its share of that.
        """
        zero = np.zeros_like(next(iter(end.values())))
        self.end = {**dict.fromkeys(begin, zero), **end}
        self._begin = {name: begin.get(name, zero) for name in self.end}
        self._change = {name: asked - self._begin[name] for name, asked in self.end.items()}
        # Half the sum of all changes is the share of a joint that changes hands.
        moved = 0.5 * np.sum([np.abs(change) for change in self._change.values()], axis=0)
        self._length = seconds * float(moved.max())
        self._elapsed = 0.0
        self.done = self._length <= 0.0

    def advance(self, seconds: float) -> None:
        """Lets time pass, s."""
        self._elapsed += seconds
        self.done = self.done or self._elapsed >= self._length - 1e-9

    def weights(self) -> Mapping[str, Array]:
        """Weights now, by name, each of shape (joints,)."""
        if self.done:
            return self.end
        share = self._elapsed / self._length
        return {name: begin + share * self._change[name] for name, begin in self._begin.items()}
