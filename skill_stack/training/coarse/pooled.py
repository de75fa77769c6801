"""Correlation of what was meant with what was done, over many hands that were measured one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Sums = dict[str, Any]
"""Of pairs of vectors: their number, sums by coordinate, and squares and products over all; plain data."""


def sums_of(pairs: Sequence[tuple[Array, Array]]) -> Sums:
    """Sums of pairs of what was meant and what was done."""
    asked, done = (np.array(column) for column in zip(*pairs)) if pairs else (np.empty(0), np.empty(0))
    return sums(asked, done)


def sums(asked: Array, done: Array) -> Sums:
    """The same of moments in rows: what was meant, and what was done, both of shape (n, coordinates) or (n,)."""
    if not len(asked):
        return {"count": 0}
    asked, done = asked.astype(np.float64), done.astype(np.float64)
    return {
        "count": len(asked), "asked": asked.sum(axis=0).tolist(), "done": done.sum(axis=0).tolist(),
        "of_asked": float((asked**2).sum()), "of_done": float((done**2).sum()), "of_both": float((asked * done).sum()),
    }  # fmt: skip


def correlation(parts: Sequence[Sums]) -> float:
    """Over all pairs and coordinates, each about its own mean; 0 where nothing varies."""
    known = [part for part in parts if part["count"]]
    if not known:
        return 0.0
    count = sum(part["count"] for part in known)
    asked, done = (np.sum([part[key] for part in known], axis=0) for key in ("asked", "done"))
    wholes = [sum(part[key] for part in known) for key in ("of_asked", "of_done", "of_both")]
    of_asked, of_done, both = (
        whole - float(np.dot(one, other)) / count
        for whole, one, other in zip(wholes, (asked, done, asked), (asked, done, done))
    )
    size = float(np.sqrt(max(of_asked * of_done, 0.0)))
    return both / size if size > 0.0 else 0.0
