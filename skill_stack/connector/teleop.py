"""TeleopLease: a person drives as long as fresh commands come."""

from __future__ import annotations

import math
from dataclasses import dataclass

SOURCES = ("remote", "local", "network")
"""Who may drive, strongest first: the robot's own remote, a dead-man switch at the robot, commands over the network."""


@dataclass(slots=True)
class TeleopLease:
    """Who drives by hand, and with what velocity.

    A command of zero never takes the robot from a plan and never prolongs the lease, so a device that sends zeros for
    ever holds nothing. After a stop the lease is given only to a hand that has let go since (a zero, or silence).

    Attributes:
        timeout: Silence after which the lease ends, s.
    """

    timeout: float
    _command: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _source: str = ""
    _moved: float = -math.inf
    _heard: float = -math.inf
    _blocked: bool = False

    def command(self, velocity: tuple[float, float, float], now: float, source: str) -> bool:
        """Takes a command.

        Args:
            velocity: vx, vy in m/s, wz in rad/s; must be finite.
            now: Task time, s.
            source: One of :data:`SOURCES`.

        Returns:
            Whether it was taken; False behind a stronger source, or after a stop with the hand still on.
        """
        zero = not any(velocity)
        silent = now - self._heard > self.timeout
        self._heard = now
        if self._blocked and not (zero or silent):
            return False
        self._blocked = False
        if self.fresh(now) and SOURCES.index(source) > SOURCES.index(self._source):
            return False
        if zero and not self.fresh(now):
            return False
        self._command, self._source = velocity, source
        self._moved = self._moved if zero else now
        return True

    def fresh(self, now: float) -> bool:
        """Whether someone drives."""
        return now - self._moved <= self.timeout

    def goals(self) -> dict[str, float]:
        """The velocity in force by goal name, m/s and rad/s."""
        return dict(zip(("vx", "vy", "wz"), self._command, strict=True))

    def stop(self) -> None:
        """Ends the lease until the hand has let go."""
        self._blocked = True
        self._moved = -math.inf
