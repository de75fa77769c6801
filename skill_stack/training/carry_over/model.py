"""CarryOver: which context to train in next, so that the policies trained so far do well in all of them.

The method is model-based transfer learning (Cho et al. 2024, arXiv:2408.04498): what training in a context leads to in
that context is a Gaussian process over contexts, and what is lost on the way to another one grows with their
distance. Here the loss is learnt from what was measured, one rate towards each side, as a robot that learnt to carry
much may do better with little than the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

Array = np.ndarray

REACH = 0.3
"""Distance over which what training leads to is alike, as a share of the range of contexts."""
SPREAD = 0.15
"""How much it differs between contexts that are far apart, a rate of success (standard deviation)."""
NOISE = 0.05
"""Error of a measured rate of success (standard deviation)."""
HOPE = 1.0
"""Standard deviations by which a context that was not tried is hoped to be better than expected."""
FIRST_LOSS = 0.5
"""Success that is lost over the whole range while nothing was measured, and its weight in measurements."""
FIRST_WEIGHT = 0.1


class CarryOver:
    """Measured success of policies in all contexts, and what is expected of one trained in another context.

    Attributes:
        contexts: Values of the contexts, rising, shape (N,).
        measured: Success in all contexts by the index of the context that a policy was trained in, shape (N,) each.
    """

    def __init__(self, contexts: Sequence[float]) -> None:
        """Begins with nothing measured.

        Args:
            contexts: Values of the contexts, rising.
        """
        self.contexts = np.array(contexts, float)
        self.measured: dict[int, Array] = {}
        self._at = (self.contexts - self.contexts[0]) / (self.contexts[-1] - self.contexts[0])

    def add(self, source: int, success: Array) -> None:
        """Takes what a policy does in all contexts.

        Args:
            source: Index of the context that it was trained in.
            success: Rate of success in each, shape (N,).
        """
        self.measured[source] = np.array(success, float)

    def best(self) -> Array:
        """Success in each context with the best policy so far, shape (N,); 0 before there is one."""
        return np.max([np.zeros(len(self._at)), *self.measured.values()], axis=0)

    def served_by(self) -> list[int]:
        """Index of the context whose policy does best in each context; the nearest one among equals."""
        order = sorted(self.measured)
        return [
            max(order, key=lambda source: (self.measured[source][one], -abs(self._at[source] - self._at[one])))
            for one in range(len(self._at))
        ]

    def losses(self) -> tuple[float, float]:
        """Success that is lost towards lower and towards higher contexts, over the whole range."""
        away = dict.fromkeys((-1, 1), (FIRST_WEIGHT, FIRST_WEIGHT * FIRST_LOSS))
        for source, success in self.measured.items():
            for side in away:
                distance = np.maximum(side * (self._at - self._at[source]), 0.0)
                lost = success[source] - success
                total, told = away[side]
                away[side] = total + float(distance @ distance), told + float(distance @ lost)
        low, high = (max(told / total, 0.0) for total, told in (away[-1], away[1]))
        return low, high

    def trained(self) -> tuple[Array, Array]:
        """Success that training in each context leads to there: mean and standard deviation, shape (N,) each."""
        known = sorted(self.measured)
        if not known:
            return np.ones(len(self._at)), np.full(len(self._at), SPREAD)
        own = np.array([self.measured[one][one] for one in known])
        across = _alike(self._at, self._at[known])
        factor = cho_factor(_alike(self._at[known], self._at[known]) + NOISE**2 * np.eye(len(known)))
        mean = own.mean() + across @ cho_solve(factor, own - own.mean())
        rest = SPREAD**2 - np.einsum("ij,ji->i", across, cho_solve(factor, across.T))
        return mean, np.sqrt(np.maximum(rest, 0.0))

    def expected(self, source: int) -> Array:
        """Success hoped for in each context of a policy that would be trained in another one, shape (N,)."""
        mean, deviation = self.trained()
        low, high = self.losses()
        off = self._at - self._at[source]
        lost = np.where(off < 0, -low * off, high * off)
        return np.clip(mean[source] + HOPE * deviation[source] - lost, 0.0, 1.0)

    def gains(self) -> Array:
        """Mean success over all contexts that training in each would add, as far as is expected, shape (N,)."""
        best = self.best()
        more = [np.maximum(self.expected(one) - best, 0.0).mean() for one in range(len(best))]
        return np.array([0.0 if one in self.measured else gain for one, gain in enumerate(more)])

    def next(self) -> int:
        """Index of the context to train in next."""
        return int(self.gains().argmax())


def _alike(one: Array, other: Array) -> Array:
    """Covariance between contexts, shape (one, other)."""
    return np.asarray(SPREAD**2 * np.exp(-0.5 * np.square((one[:, None] - other) / REACH)))
