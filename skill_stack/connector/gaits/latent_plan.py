"""LatentPlan: from point to point of a gait latent."""

from __future__ import annotations

import math

Point = tuple[float, float]

_SLACK = 1e-6  # s: ticks meet the end of a period only almost


class LatentPlan:
    """A way through the plane: from point to point by whole periods of the gait, never further than its rate.

    Attributes:
        point: Where it is, each number from -1 to 1.
    """

    def __init__(self, start: Point, period: float, rate: float) -> None:
        """Begins somewhere.

        Args:
            start: Where; what is beyond the region is brought to its edge.
            period: Of the gait, s.
            rate: Most change of either number in a period.
        """
        self.point = _inside(start, (0.0, 0.0))
        self._period, self._rate, self._until = period, rate, -math.inf

    def towards(self, wanted: Point, now: float) -> Point:
        """Where it is now, on its way to a point.

        Args:
            wanted: Where it shall go; brought to the region's edge, and a number that is none leaves its axis alone.
            now: Task time, s.
        """
        if now >= self._until - _SLACK:
            aim = _inside(wanted, self.point)
            steps = [max(-self._rate, min(self._rate, there - here)) for here, there in zip(self.point, aim)]
            self.point = self.point[0] + steps[0], self.point[1] + steps[1]
            self._until = now + self._period
        return self.point


def _inside(wanted: Point, instead: Point) -> Point:
    """A point of the region; for a number that is none that of another point."""
    first, second = (max(-1.0, min(1.0, one)) if math.isfinite(one) else other for one, other in zip(wanted, instead))
    return first, second
