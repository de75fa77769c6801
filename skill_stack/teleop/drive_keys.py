"""DriveKeys: velocities from keys of a terminal, which reports presses and repeats but no release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Velocity = tuple[float, float, float]
"""vx, vy, m/s, and wz, rad/s, in the base frame."""

KEYS: Mapping[str, Velocity] = {
    "up": (1, 0, 0),
    "down": (-1, 0, 0),
    "left": (0, 0, 1),
    "right": (0, 0, -1),
    "s-left": (0, 1, 0),
    "s-right": (0, -1, 0),
    "i": (1, 0, 0),
    ",": (-1, 0, 0),
    "j": (0, 0, 1),
    "l": (0, 0, -1),
    "u": (1, 0, 1),
    "o": (1, 0, -1),
    "m": (-1, 0, -1),
    ".": (-1, 0, 1),
    "J": (0, 1, 0),
    "L": (0, -1, 0),
}
"""Direction of each key: shares of the largest vx, vy, wz. Letters as in ROS's keyboard teleoperation."""


@dataclass(frozen=True, slots=True)
class DriveLimits:
    """How fast keys may drive.

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


class DriveKeys:
    """Requested and commanded velocity."""

    def __init__(self, limits: DriveLimits) -> None:
        """At rest, with no key held.

        Args:
            limits: How fast.
        """
        self._limits = limits
        self._direction: Velocity = (0.0, 0.0, 0.0)
        self._key = ""
        self._until = float("-inf")
        self._velocity: Velocity = (0.0, 0.0, 0.0)
        self._at: float | None = None
        self._scale = 1.0

    @property
    def scale(self) -> float:
        """Share of the largest velocities that is used, 0.2 to 1."""
        return self._scale

    def press(self, key: str, now: float) -> bool:
        """Takes a press or a repeat.

        Args:
            key: Name of the key: one of :data:`KEYS`, ``+``, ``-``, or ``space`` or ``k`` to halt.
            now: Time, s.

        Returns:
            Whether the key means anything.
        """
        if key in ("space", "k"):
            self.release()
            self._velocity = (0.0, 0.0, 0.0)
        elif key in ("+", "=", "-"):
            self._scale = min(1.0, max(0.2, self._scale + (-0.2 if key == "-" else 0.2)))
        elif key in KEYS:
            repeat = key == self._key and now <= self._until
            self._until = now + (self._limits.hold if repeat else self._limits.first_hold)
            self._key, self._direction = key, KEYS[key]
        else:
            return False
        return True

    def release(self) -> None:
        """Releases every key."""
        self._key, self._until = "", float("-inf")

    def held(self, now: float) -> bool:
        """Whether a key counts as held at ``now``, s."""
        return now <= self._until

    def velocity(self, now: float) -> Velocity:
        """Velocity to command at ``now``, s: it ramps up to the request, and quickly down to rest.

        Call it regularly; the ramp runs over the time between two calls.
        """
        limits, step = self._limits, 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        share = self._scale if self.held(now) else 0.0
        tops = (limits.speed, limits.speed, limits.turn)
        rates = (limits.acceleration, limits.acceleration, limits.turn_acceleration)
        goals = [share * part * top for part, top in zip(self._direction, tops)]
        changes = [rate * step for rate in rates]
        x, y, w = (_towards(*each, limits.braking) for each in zip(self._velocity, goals, changes))
        self._velocity = (x, y, w)
        return self._velocity


def _towards(value: float, goal: float, change: float, braking: float) -> float:
    """A value moved towards a goal by at most ``change``, or ``braking`` times that while it moves towards zero."""
    if value * goal < 0 or abs(goal) < abs(value):
        change *= braking
    return goal if abs(goal - value) <= change else value + (change if goal > value else -change)
