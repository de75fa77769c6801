"""Heading: offset of the IMU's heading in ``odom``, and its drift.

Without a compass nothing on the robot observes its heading, and an integrating IMU drifts. A resting robot does not
turn, so a change of its heading is drift: it is removed, and its rate is learned for the time when the robot moves.
"""

from __future__ import annotations

import math

from skill_stack.core.robots.estimation import EstimationSpec
from skill_stack.core.rotation import Quaternion, wrap_angle

_PULL = 0.5  # s within which a resting robot's heading is drawn back to where it was
_FASTEST = 3.0  # times the declared drift; what turns faster is no drift but somebody who turns the robot
_TURNED = 0.02  # rad, what somebody must have turned the robot by while it rests
_SETTLED = 1.0  # s of rest before the drift is measured, twice the time of the pull
_MEASURED = 5.0  # s of rest, all together, over which it must have been measured
_KNOWN = 0.2  # share of the declared drift that is left once it was measured


class Heading:
    """Transforms the orientation reported by the IMU to that in ``odom``.

    Attributes:
        offset: Heading that the IMU reports where that in ``odom`` is zero, rad.
        deviation: Standard deviation of the heading since the begin, rad.
    """

    def __init__(self, spec: EstimationSpec) -> None:
        """Takes the declared drift."""
        self._drift = spec.heading_drift
        self.begin(0.0)

    def begin(self, offset: float, deviation: float = 0.0) -> None:
        """Restarts.

        Args:
            offset: Heading of the IMU at heading zero, rad.
            deviation: How well that is known, rad.
        """
        self.offset, self.deviation = offset, deviation
        self._rate, self._unknown = 0.0, self._drift
        self._held: float | None = None
        self._rested = self._measured = self._drifted = 0.0
        self._turn()

    def apply(self, orientation: Quaternion) -> Quaternion:
        """An orientation of the IMU, in ``odom``."""
        c, s = self._half
        w, x, y, z = orientation
        return (c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w)

    def update(self, heading: float, rests: bool, seconds: float) -> None:
        """Lets time pass.

        Args:
            heading: In ``odom``, rad.
            rests: Whether the robot rests.
            seconds: s.
        """
        self.offset += self._rate * seconds
        if not rests:
            self._held = None
            self.deviation += self._unknown * seconds
        elif self._held is None:
            self._held, self._rested = heading, 0.0
        else:
            self._rest(wrap_angle(heading - self._held), seconds)
        self._turn()

    def _rest(self, off: float, seconds: float) -> None:
        """Holds the heading at rest, and measures the drift."""
        most = _FASTEST * self._drift * seconds
        pull = min(max(off * min(seconds / _PULL, 1.0), -most), most)
        self.offset += pull
        if abs(off) > _TURNED:
            self._held = None
            return
        self._rested += seconds
        if self._rested > _SETTLED:
            self._measured += seconds
            self._drifted += pull + self._rate * seconds
        if self._measured > _MEASURED:
            self._rate = min(max(self._drifted / self._measured, -self._drift), self._drift)
            self._unknown = _KNOWN * self._drift

    def _turn(self) -> None:
        half = -0.5 * self.offset
        self._half = (math.cos(half), math.sin(half))
