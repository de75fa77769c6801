"""WayKeeper: what a policy that walks is told, so that it comes as far as asked and stays where it should stand."""

from __future__ import annotations

import math

from skill_stack.controllers.reading import Reading
from skill_stack.core.policy_part import KeepWay
from skill_stack.core.rotation import yaw_of

VELOCITIES = ("vx", "vy")
"""Goal values that it changes, m/s."""


class WayKeeper:
    """Adds up how far the robot is behind what was asked for, by its own estimate of where it is, and asks for more.

    A policy is a few centimetres per second off, other in every robot, and a push throws it aside. How far it is
    behind, ahead and to the left as the robot sees it, is on a leash: nobody runs after all that he missed.
    """

    def __init__(self, spec: KeepWay) -> None:
        """Takes the numbers; nothing is behind."""
        self._spec = spec
        self.forget()

    def forget(self) -> None:
        """What was behind is no longer."""
        self._behind = (0.0, 0.0)
        self._place: tuple[float, float] | None = None

    def correct(self, reading: Reading, vx: float, vy: float, dt: float) -> tuple[float, float]:
        """What to tell the policy.

        Args:
            reading: Where the robot is.
            vx: Velocity that was asked for, ahead, m/s.
            vy: To the left, m/s.
            dt: Time since the last tick, s.

        Returns:
            Velocities ahead and to the left, m/s.
        """
        spec, ((x, y, _), orientation) = self._spec, reading.base_place()
        before, heading = self._place, yaw_of(orientation)
        self._place = x, y
        if before is not None:
            c, s, dx, dy = math.cos(heading), math.sin(heading), x - before[0], y - before[1]
            ahead, left = self._behind
            ahead, left = ahead + vx * dt - c * dx - s * dy, left + vy * dt - c * dy + s * dx
            share = min(1.0, spec.leash / max(math.hypot(ahead, left), spec.leash))
            self._behind = ahead * share, left * share
        return vx + spec.gain * self._behind[0], vy + spec.gain * self._behind[1]
