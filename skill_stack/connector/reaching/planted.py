"""Planted feet: a robot that halts where it has arrived, and arms that wait until its legs are at rest."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from skill_stack.connector.guides.guide import GuideStep, GuideView

Array = np.ndarray

HALTS, LEAVES = (0.05, 0.1), (0.08, 0.15)
"""Errors of place, m, and heading, rad, from which on it halts, and beyond which it then goes on."""
HALT = 3.0
"""Time for which it halts: by then its feet are planted, and it sways no more, s."""
LEGS = "legs"
STILL, QUIET = 0.5, 0.03
"""Time over which joints of the legs move less than so far where it stands, s and rad."""


class Halting:
    """Plants the feet of a robot that is near enough, and walks on where it then turns out that it is not."""

    def __init__(self) -> None:
        """Walks."""
        self._halts, self._halted = -math.inf, False

    def step(self, step: GuideStep, now: float) -> GuideStep:
        """A step of a guide, without its velocities while it halts, s of task time."""
        off, turn = step.signals["distance_error"], step.signals["heading_error"]
        if now > self._halts + HALT:
            bounds = LEAVES if self._halted else HALTS
            self._halted = off <= bounds[0] and turn <= bounds[1]
            self._halts = now if self._halted and bounds == HALTS else self._halts
        return replace(step, goals=dict.fromkeys(step.goals, 0.0)) if self._halted else step


class LegWatch:
    """How much legs move."""

    def __init__(self, legs: Sequence[str]) -> None:
        """Takes the joints of the legs."""
        self._legs = legs
        self._seen: deque[tuple[float, Array]] = deque()

    def moved(self, joints: Mapping[str, float], now: float) -> float:
        """Largest way of any joint within the last :data:`STILL` seconds, rad; infinite while that is unknown.

        Args:
            joints: Measured positions by name, rad.
            now: Task time, s.
        """
        if not all(name in joints for name in self._legs):
            return math.inf
        self._seen.append((now, np.array([joints[name] for name in self._legs])))
        while now - self._seen[0][0] > STILL:
            self._seen.popleft()
        whole = now - self._seen[0][0] > STILL - 0.1
        return float(np.ptp([one for _, one in self._seen], axis=0).max()) if whole else math.inf


class Stillness:
    """Whether legs have come to rest since it was first asked; once they have, it stays so.

    Attributes:
        moves: Whether they move now; not, where nobody can tell.
    """

    def __init__(self, legs: Sequence[str], patient: float) -> None:
        """Takes the joints of the legs, and the longest time for which it waits, s."""
        self._watch, self._patient = LegWatch(legs), patient
        self._rested, self._since = False, math.nan
        self.moves = False

    def reached(self, view: GuideView) -> bool:
        """Takes a view; who cannot tell, or is never still, begins all the same."""
        if not view.joints:
            return True
        self._since = view.now if math.isnan(self._since) else self._since
        self.moves = self._watch.moved(view.joints, view.now) >= QUIET
        self._rested = self._rested or not self.moves or view.now - self._since > self._patient
        return self._rested
