"""DriftCorrection: corrects the velocity command of a walking policy so that it covers the commanded distance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.policy_part import KeepWay

Motion = tuple[float, float, float]
VELOCITIES = ("vx", "vy", "wz")
"""Goal values that it changes, m/s and rad/s."""


class DriftCorrection:
    """Integrates the deviation from the commanded path, by the robot's own estimate, and adds it to the command.

    A policy's velocity is a few centimetres per second off, differently for every robot, and a push displaces it. The
    deviation ahead, to the left and in heading, in the base frame, is limited: the robot does not make up for a large
    one, nor for what it cannot be told to. A walk at its full speed that arms slow down would otherwise go on at that
    speed where it is told to brake.
    """

    def __init__(self, spec: KeepWay, ranges: Sequence[tuple[float, float]] = ()) -> None:
        """Starts without deviation.

        Args:
            spec: Gain and leash.
            ranges: Velocities ahead and to the left, m/s, and turning rates, rad/s, that the policy can be told; none
                for any.
        """
        self._spec = spec
        self._ranges = ranges or [(-math.inf, math.inf)] * 3
        self.forget()

    def forget(self) -> None:
        """Clears the deviation."""
        self._behind = (0.0, 0.0, 0.0)
        self._place: tuple[float, float, float] | None = None

    @property
    def away(self) -> float:
        """Distance from the commanded path, m."""
        ahead, left, _ = self._behind
        return math.hypot(ahead, left)

    def correct(self, reading: FastEstimate, vx: float, vy: float, wz: float, dt: float) -> tuple[float, float, float]:
        """The corrected command for the policy.

        Args:
            reading: Where the robot is.
            vx: Commanded velocity ahead, m/s.
            vy: To the left, m/s.
            wz: Turning rate to the left, rad/s.
            dt: Time since the last tick, s.

        Returns:
            Velocities ahead and to the left, m/s, and turning rate, rad/s.
        """
        spec, ((x, y, _), orientation) = self._spec, reading.base_place()
        before, heading = self._place, yaw_of(orientation)
        self._place = x, y, heading
        if before is not None:
            c, s, dx, dy = math.cos(heading), math.sin(heading), x - before[0], y - before[1]
            ahead, left, turn = self._behind
            ahead, left = ahead + vx * dt - c * dx - s * dy, left + vy * dt - c * dy + s * dx
            share = min(1.0, spec.leash / max(math.hypot(ahead, left), spec.leash))
            turn += wz * dt - math.remainder(heading - before[2], math.tau)
            behind = ahead * share, left * share, min(max(turn, -spec.leash), spec.leash)
            self._behind = self._within(behind, (vx, vy, wz))
        ahead, left, turn = self._behind
        return vx + spec.gain * ahead, vy + spec.gain * left, wz + spec.gain * turn

    def _within(self, behind: Motion, told: Motion) -> Motion:
        """The part of a deviation that can be made up for, beside the velocities that are commanded anyway."""
        gain = self._spec.gain
        ahead, left, turn = (
            min(max(one, min(0.0, (low - speed) / gain)), max(0.0, (high - speed) / gain))
            for one, speed, (low, high) in zip(behind, told, self._ranges, strict=True)
        )
        return ahead, left, turn
