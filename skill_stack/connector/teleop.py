"""TeleopLease: a person drives as long as fresh commands arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from skill_stack.core.skills.action_part import PEOPLE

SHARED = "cmd_vel"
"""Topic on which action servers publish velocities too, and source of what is nobody's there."""
SOURCES = (*PEOPLE, SHARED)
"""Who may drive, strongest first: the robot's own remote, a dead-man switch at the robot, a person over the network,
and whoever publishes on :data:`SHARED`."""
FASTEST_ASKED = 100.0
"""Largest plausible velocity of a person's command, m/s and rad/s; below it, values are clipped to the range."""


@dataclass(slots=True)
class TeleopLease:
    """Source and velocity of the person who drives.

    A command of zero never takes the robot from a plan and never prolongs the lease, so a device that keeps
    sending zeros holds no lease. After a stop the lease is given only after a release: for the duration of the lease,
    all commands of the source must be zero, from every sender. The zeros of one sender do not count for another.

    Attributes:
        timeout: Time without commands after which the lease ends, s.
        began: Task time at which the newest lease began, s.
        confirmation: Confirmation of the person, where driving is hazardous.
    """

    timeout: float
    began: float = -math.inf
    confirmation: str = ""
    _command: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _source: str = ""
    _moved: float = -math.inf
    _pushed: dict[str, float] = field(default_factory=dict)
    _blocked: frozenset[str] = frozenset()

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
        before = self._pushed.get(source, -math.inf)
        if not zero:
            self._pushed[source] = now
        if source in self._blocked:
            if zero or now - before <= self.timeout:
                return False
            self._blocked -= {source}
        fresh = self.fresh(now)
        if fresh and SOURCES.index(source) > SOURCES.index(self._source):
            return False
        if zero and not fresh:
            return False
        if not fresh:
            self.began = now
        self._command, self._source = velocity, source
        self._moved = self._moved if zero else now
        return True

    @property
    def id(self) -> str:
        """Request id of the newest lease: each has its own, so that a stop ends it permanently."""
        return f"teleop-{self.began:.3f}"

    def fresh(self, now: float) -> bool:
        """Whether a person drives."""
        return now - self._moved <= self.timeout

    def goals(self) -> dict[str, float]:
        """The velocity in force by goal name, m/s and rad/s."""
        return dict(zip(("vx", "vy", "wz"), self._command, strict=True))

    def release(self, source: str, now: float) -> None:
        """Takes nothing from a source until it has let go; ``now`` is task time, s."""
        self._pushed[source] = now
        self._blocked |= {source}

    def stop(self, now: float) -> None:
        """Ends the lease until the person has released the stick; ``now`` is task time, s."""
        self._pushed = dict.fromkeys(SOURCES, now)
        self._blocked = frozenset(SOURCES)
        self._moved = -math.inf
