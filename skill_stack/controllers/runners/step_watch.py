"""StepWatch: whether a robot that stands on planted feet has to step, or one that steps may not stop yet."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.rotation import yaw_of

Array = np.ndarray

SILENT = 1e-6
"""Time left below which the clock is silent, s, since sums of periods are inexact."""
SETTLES = 0.2
"""Time after the clock fell silent for which speed does not wake it, s: feet that are set down upset its estimate."""
SWINGS = 0.1
"""Time for which a body that steps has to be slow before its clock may fall silent, s. It swings from foot to foot, and
with its arms apart never slowly for a whole cycle."""
CALM = 1.0
"""Time after which it stands calmly, s; until then, and while it steps, it takes :data:`SWAYING` times the speed."""
SWAYING = 2.0
TOPPLES = 2.7
"""Rate at which a planted G1 topples, 1/s: it falls as fast as one that is displaced by 1/2.7 of that speed.

The unstable mode of the linearised stance grows by 5.6 % in a tick of 20 ms."""
TILTED = 0.2
"""Tilt from which on it steps, rad; who marks time sways by up to 0.17, who stands and reaches leans by 0.1."""
STAYS = 2.0
"""Time constant with which the place where it is becomes the one that it counts from, s: who stays displaced does not
topple."""
MOVES = 0.03
"""Way of a joint that others drive from one cycle of the gait to the next from which on it moves, rad. Measured over a
whole cycle, since a body that steps on the spot shakes its waist by 0.1 rad."""


class StepWatch:
    """Compares what the robot measures with what planted feet can bear.

    A body that is displaced topples ever faster, so that displacement and speed count together. Who comes to a halt
    while it is fast or tilted, or while arms are on their way, falls; planted feet bear the same arms.
    """

    def __init__(self, wake_above: float, others: Array) -> None:
        """Starts without memory.

        Args:
            wake_above: Speed of the base from which on a calm robot steps, m/s.
            others: Places of the joints that another skill drives, shape (others,).
        """
        self._wake_above, self._others = wake_above, others
        self.forget()

    def forget(self) -> None:
        """Clears the memory."""
        self._stood: tuple[float, float] | None = None
        self._then = math.inf
        self._sum, self._count = np.zeros(len(self._others)), 0
        self._mean: Array | None = None
        self._phase, self._moves = 0.0, False

    def steps(
        self, reading: FastEstimate, clock_left: float, phase: float, place: float = 0.0, speed: float = 0.0
    ) -> float:
        """For how long the clock has to run on at least, s; infinite for as long as a halt takes, 0 where it need not.

        Args:
            reading: Where the robot is.
            clock_left: Time for which the clock still runs, s; minus the time for which it has been silent.
            phase: Phase of the gait, 0 to 1; it goes on while the clock is silent.
            place: How far ahead of its place in the stance the base shall be, m.
            speed: At what velocity ahead it shall move, m/s.
        """
        moves = self._others_move(reading, phase)
        gx, gy, _ = reading.gravity
        vx, vy, _ = reading.base_velocity()
        tilted, hurried = math.hypot(gx, gy) > TILTED, SWAYING * self._wake_above
        if clock_left > SILENT:
            self._stood = None
            return math.inf if tilted or moves else SWINGS * (math.hypot(vx, vy) > hurried)
        (x, y, _), orientation = reading.base_place()
        heading = yaw_of(orientation)
        c, s = math.cos(heading), math.sin(heading)
        x, y = x - c * place, y - s * place
        x0, y0 = self._stood = self._stood or (x, y)
        share = min(max(reading.task_time - self._then, 0.0) / STAYS, 1.0)
        self._stood, self._then = (x0 + share * (x - x0), y0 + share * (y - y0)), reading.task_time
        vx += TOPPLES * (c * (x - x0) + s * (y - y0)) - speed
        vy += TOPPLES * (c * (y - y0) - s * (x - x0))
        limit = self._wake_above if clock_left <= -CALM else hurried
        return math.inf if tilted or (clock_left <= -SETTLES and math.hypot(vx, vy) > limit) else 0.0

    def _others_move(self, reading: FastEstimate, phase: float) -> bool:
        """Whether joints of others moved from one cycle of the gait to the next."""
        self._sum += reading.numbers[self._others]
        self._count += 1
        if phase < self._phase:
            mean = self._sum / self._count
            self._moves = self._mean is not None and bool(np.abs(mean - self._mean).max(initial=0.0) > MOVES)
            self._mean, self._sum, self._count = mean, np.zeros(len(mean)), 0
        self._phase = phase
        return self._moves
