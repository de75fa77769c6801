"""Cells over gait and speed, each with the best adapter that walks so (MAP-Elites, Mouret and Clune 2015)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.training.archive.deltas import Delta
from skill_stack.training.archive.trial import MeasuredWalk

Array = np.ndarray

Cell = tuple[int, int, int]
"""Numbers of the bins of duty factor, of the rear feet's phase and of the speed."""

DUTIES = np.linspace(0.35, 0.75, 17)
"""Limits between the bins of the duty factor."""
REARS = 24
"""Bins of the phase of the rear feet, once round; one of them has a trot in its middle."""
SPEEDS = np.linspace(0.1, 1.3, 7)
"""Limits between the bins of the speed, m/s."""
DRIFT = 0.15
"""Most that a walk goes sidewards, m/s, or turns, rad/s, as ``skill-stack eval go2`` judges."""
STEADY, UNEVEN = 0.8, 0.125
"""Least steadiness of a gait, and how far left and right may be from half a stride: the two numbers of a gait are those
of symmetrical ones."""


@dataclass(frozen=True, slots=True)
class Elite:
    """An adapter that fills a cell.

    Attributes:
        delta: The adapter.
        command: Commanded speed forwards with which it does, m/s.
        walk: What was measured.
    """

    delta: Delta
    command: float
    walk: MeasuredWalk

    @property
    def quality(self) -> float:
        """How straight it walks: 0 for exactly, -1 at the limit."""
        return -float(np.linalg.norm(self.walk.velocity[1:])) / DRIFT


def cell_of(walk: MeasuredWalk) -> Cell | None:
    """The cell of a walk; None where it fell, drifts, has no steady symmetrical gait, or is outside of all cells."""
    if not walk.good or np.abs(walk.velocity[1:]).max() > DRIFT:
        return None
    duty, rear, side, _, steadiness = walk.gait
    if steadiness < STEADY or abs(side - 0.5) > UNEVEN:
        return None
    along, fast = int(np.searchsorted(DUTIES, duty)) - 1, int(np.searchsorted(SPEEDS, walk.velocity[0])) - 1
    if not (0 <= along < len(DUTIES) - 1 and 0 <= fast < len(SPEEDS) - 1):
        return None
    return along, int(np.floor(rear * REARS + 0.5)) % REARS, fast


class Archive:
    """The best elite of each cell.

    Attributes:
        elites: By cell.
    """

    def __init__(self) -> None:
        """Has no elites."""
        self.elites: dict[Cell, Elite] = {}

    def add(self, elite: Elite) -> bool:
        """Keeps an elite where its cell has none, or a worse one; whether the cell is new."""
        cell = cell_of(elite.walk)
        if cell is None:
            return False
        before = self.elites.get(cell)
        if before is None or elite.quality > before.quality:
            self.elites[cell] = elite
        return before is None
