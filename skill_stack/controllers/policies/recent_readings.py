"""RecentReadings: recent measurements and commands, for policies with a history."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Targets


class RecentMoment(NamedTuple):
    """One control tick of the past.

    Attributes:
        reading: What was measured.
        targets: Joint targets in force until then; None while the robot was damped.
    """

    reading: FastEstimate
    targets: Targets | None


class RecentReadings:
    """The last control ticks, whichever skill drove; a policy that is switched on uses them as its own past."""

    def __init__(self) -> None:
        """Stores nothing until a policy requests it."""
        self._moments: deque[RecentMoment] = deque(maxlen=0)
        self._sees_motion = False

    @property
    def needed(self) -> bool:
        """Whether a policy needs past ticks."""
        return bool(self._moments.maxlen)

    def need(self, ticks: int, sees_motion: bool) -> None:
        """Requests that past ticks be stored.

        Args:
            ticks: How far, in control ticks before the present one.
            sees_motion: Whether they see the velocity of the base, which must then be worked out at every tick.
        """
        self._moments = deque(maxlen=max(ticks + 1, self._moments.maxlen or 0))
        self._sees_motion = self._sees_motion or sees_motion

    def add(self, reading: FastEstimate, targets: Targets | None) -> None:
        """Adds the present tick; an invalid reading is replaced by the last valid one."""
        if self._sees_motion:
            velocity = tuple(reading.base_velocity())
            reading = reading._replace(base_velocity=lambda: velocity)
        self._moments.append(RecentMoment(reading, targets))

    def before(self, ticks: int) -> RecentMoment | None:
        """The tick that many ticks before the newest one, or None when it is no longer stored."""
        return self._moments[-1 - ticks] if 0 <= ticks < len(self._moments) else None

    def forget(self) -> None:
        """Clears everything: the device restarted, and former ticks have another time base."""
        self._moments.clear()
