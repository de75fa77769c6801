"""VelocityRamp: a commanded velocity that follows a requested one without a jerk."""

from __future__ import annotations

from dataclasses import dataclass

Velocity = tuple[float, float, float]
"""vx, vy, m/s, and wz, rad/s, in the base frame."""

REST: Velocity = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DriveLimits:
    """How fast a hand may drive.

    Attributes:
        speed: Largest vx and vy, m/s.
        turn: Largest wz, rad/s.
        acceleration: Largest change of vx and vy while speeding up, m/s².
        turn_acceleration: Largest change of wz while speeding up, rad/s².
        braking: Slowing down is so many times quicker than speeding up.
        first_hold: A key counts as held so long after its first press, s: keyboards wait about half a second
            before they repeat.
        hold: A key counts as held so long after a repeat, s.
    """

    speed: float = 0.6
    turn: float = 0.8
    acceleration: float = 1.2
    turn_acceleration: float = 2.5
    braking: float = 3.0
    first_hold: float = 0.6
    hold: float = 0.2


class VelocityRamp:
    """Ramps up to a request, and quickly down to rest."""

    def __init__(self, limits: DriveLimits) -> None:
        """At rest.

        Args:
            limits: How fast.
        """
        self._limits = limits
        self._velocity: Velocity = REST
        self._at: float | None = None

    def halt(self) -> None:
        """Rests at once."""
        self._velocity = REST

    def velocity(self, shares: Velocity, now: float) -> Velocity:
        """Velocity to command at ``now``, s. Call it regularly; the ramp runs over the time between two calls.

        Args:
            shares: Requested shares of the largest vx, vy and wz, each -1 to 1.
            now: Time, s.
        """
        limits, step = self._limits, 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        tops = (limits.speed, limits.speed, limits.turn)
        rates = (limits.acceleration, limits.acceleration, limits.turn_acceleration)
        each = zip(self._velocity, shares, tops, rates, strict=True)
        x, y, w = (_towards(value, share * top, rate * step, limits.braking) for value, share, top, rate in each)
        self._velocity = (x, y, w)
        return self._velocity


def _towards(value: float, goal: float, change: float, braking: float) -> float:
    """A value moved towards a goal by at most ``change``, or ``braking`` times that while it moves towards zero."""
    if value * goal < 0 or abs(goal) < abs(value):
        change *= braking
    return goal if abs(goal - value) <= change else value + (change if goal > value else -change)
