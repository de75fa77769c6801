"""Tours: the order of a few places that minimises the expected path until the object is found."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import numpy as np

Array = np.ndarray
MOST = 7
"""Most places that are ordered; farther ones are considered later."""
THERE = 0.5
"""Assumed probability that the object is there at all: without it every place is visited."""


def best_order(start: Array, between: Array, chances: Array, rest: Array, left: float) -> tuple[int, ...]:
    """The order with the shortest expected path.

    The way ends where the thing is seen, or at the end when it is nowhere; what none of the places shows is looked for
    after the last one.

    Args:
        start: Ways from here to each of N places, m, shape (N,); N is at most :data:`MOST`.
        between: Ways between places, m, shape (N, N).
        chances: Chance that each shows it, given that it is there, shape (N,).
        rest: Ways from each place to what none of them shows, m, shape (N,).
        left: Chance that it is there.

    Returns:
        Numbers of places.

    Raises:
        ValueError: There are too many places, or none.
    """
    count = len(start)
    if not 0 < count <= MOST:
        raise ValueError(f"a tour has one to {MOST} places, not {count}")
    orders = _orders(count)
    legs = np.concatenate([start[orders[:, :1]], between[orders[:, :-1], orders[:, 1:]]], axis=1)
    reached = np.cumsum(legs, axis=1)
    whole = reached[:, -1] + rest[orders[:, -1]]
    expected = (chances[orders] * reached).sum(axis=1) + left * whole
    best = int(((1 - THERE) * whole + THERE * expected).argmin())
    return tuple(orders[best].tolist())


@lru_cache(maxsize=MOST)
def _orders(count: int) -> Array:
    """Every order of some places, shape (count!, count)."""
    return np.array(list(permutations(range(count))))
