"""RecentReadings: what was measured and commanded just now, for policies that see more than the present."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Targets


class RecentMoment(NamedTuple):
    """One control tick of the past.

    Attributes:
        reading: What was measured.
        targets: What the drives had been told until then; None while the robot was damped.
    """

    reading: FastEstimate
    targets: Targets | None


class RecentReadings:
    """The last control ticks, whichever skill drove; a policy that is switched on sees them as its own past."""

    def __init__(self) -> None:
        """Keeps nothing until somebody needs something."""
        self._moments: deque[RecentMoment] = deque(maxlen=0)
        self._sees_motion = False

    @property
    def needed(self) -> bool:
        """Whether anybody looks back."""
        return bool(self._moments.maxlen)

    def need(self, ticks: int, sees_motion: bool) -> None:
        """Somebody looks back.

        Args:
            ticks: How far, in control ticks before the present one.
            sees_motion: Whether they see the velocity of the base, which must then be worked out at every tick.
        """
        self._moments = deque(maxlen=max(ticks + 1, self._moments.maxlen or 0))
        self._sees_motion = self._sees_motion or sees_motion

    def add(self, reading: FastEstimate, targets: Targets | None) -> None:
        """Takes the present tick; a reading that is not valid stands for the last valid one."""
        if self._sees_motion:
            velocity = tuple(reading.base_velocity())
            reading = reading._replace(base_velocity=lambda: velocity)
        self._moments.append(RecentMoment(reading, targets))

    def before(self, ticks: int) -> RecentMoment | None:
        """The tick that many ticks before the newest one, or None when that is not known any more."""
        return self._moments[-1 - ticks] if 0 <= ticks < len(self._moments) else None

    def forget(self) -> None:
        """The device began anew: what was before is of another time."""
        self._moments.clear()
