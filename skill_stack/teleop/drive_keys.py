"""DriveKeys: velocities from keys of a terminal, which reports presses and repeats but no release."""

from __future__ import annotations

from collections.abc import Mapping

from skill_stack.teleop.velocity_ramp import REST, DriveLimits, Velocity, VelocityRamp

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


class DriveKeys:
    """Requested and commanded velocity."""

    def __init__(self, limits: DriveLimits) -> None:
        """At rest, with no key held.

        Args:
            limits: How fast.
        """
        self._limits = limits
        self._direction: Velocity = REST
        self._key = ""
        self._until = float("-inf")
        self._ramp = VelocityRamp(limits)
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
            self._ramp.halt()
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
        share = self._scale if self.held(now) else 0.0
        x, y, w = self._direction
        return self._ramp.velocity((share * x, share * y, share * w), now)
