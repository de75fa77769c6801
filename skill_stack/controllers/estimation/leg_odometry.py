"""LegOdometry: position and velocity of a legged robot from its IMU and its standing feet, by Kalman filters.

The filter of Bloesch et al. 2012, "State Estimation for Legged Robots – Consistent Fusion of Leg Kinematics and IMU",
in the linear form of Bledt et al. 2018, "MIT Cheetah 3": with the orientation known, position, velocity and the points
where the feet stand are a linear system. A foot that moves more than its noise explains slips and is left out for that
tick (Bloesch et al. 2013, "State Estimation for Legged Robots on Unstable and Slippery Terrain").

Noise parameters refer to samples :data:`PERIOD` apart. Most of what they model (impacts, flexing legs, events between
samples) does not become less by sampling more often, so every variance is scaled by time: a robot that is sampled ten
times as often gets the same filter.

Noise is the same along x and y, so one covariance serves both. Along z feet and ground give way, so a standing foot is
no fixed point. The ground is therefore taken as flat, and the height above it is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from skill_stack.core.robots.estimation import PERIOD, EstimationSpec

Vector = tuple[float, float, float]

_START_VARIANCE = 1.0  # (m/s)², of the velocity before the first measurement
_REST_WEIGHT = 100.0  # how many standing feet's velocities are worth the knowledge that the robot rests
_IMPACT = 0.015  # s after its touch-down from which a foot tells velocity and height; the touch itself is an impact
_AGREE = 2.0  # variances of a foot's velocity within which feet tell the same: then the base was pushed, none slips
_ALOFT = 3.0  # deviations of the ground by which a foot that is said to stand may be above the lowest one
_P, _V, _FEET = 0, 1, 2  # places in the state: position, velocity, feet


class OdometryStep(NamedTuple):
    """Measurement of one standing foot, in the world.

    Attributes:
        x: From the position to the centre of the foot, m.
        y: m.
        height: Height of the position above the ground by this leg, m.
        vx: Velocity of the position by this leg, m/s.
        vy: m/s.
        rolls_x: Velocity of the centre of the foot, because it rolls on the ground, m/s.
        rolls_y: m/s.
    """

    x: float
    y: float
    height: float
    vx: float
    vy: float
    rolls_x: float
    rolls_y: float


class LegOdometry:
    """State along x and y: position, velocity, one foothold per foot; along z: height and velocity.

    Attributes:
        rejected: Feet that were left out of the last update because they slip.
        carried: Whether no foot had contact for longer than a flight lasts, so that the velocity cannot be estimated.
    """

    def __init__(self, spec: EstimationSpec, feet: int) -> None:
        """Takes the noise.

        Args:
            spec: How much each measurement is trusted.
            feet: Number of feet.
        """
        self._feet = feet
        self._push = spec.acceleration_noise**2 * PERIOD
        self._creep = spec.foot_slip**2
        self._reach_noise = spec.foot_position_noise**2
        self._speed_noise = spec.foot_velocity_noise**2
        self._gate = spec.gate
        self._flight = spec.flight
        self._vertical = Height(spec)
        self._aloft = _ALOFT * spec.ground_noise
        self.forget()

    def forget(self, start: Vector = (0.0, 0.0, 0.0)) -> None:
        """Restarts at rest.

        Args:
            start: Position to begin with, m.
        """
        size = _FEET + self._feet
        self._x, self._y = [start[0]] * size, [start[1]] * size
        self._x[_V] = self._y[_V] = 0.0
        self._spread = [[0.0] * size for _ in range(size)]
        self._spread[_V][_V] = _START_VARIANCE
        self._stood = [-1.0] * self._feet  # s since each foot stands; negative for one in the air
        self._down = [-1.0] * self._feet  # s since each foot came down, also when it slips since
        self._vertical.forget(start[2])
        self.rejected = 0
        self._unheld = 0.0  # s without a foot on the ground and without rest
        self.carried = False

    @property
    def position(self) -> Vector:
        """Estimated position, m; z above the ground."""
        return (self._x[_P], self._y[_P], self._vertical.height)

    @property
    def velocity(self) -> Vector:
        """Estimated velocity in the world, m/s."""
        return (self._x[_V], self._y[_V], self._vertical.velocity)

    @property
    def position_deviation(self) -> float:
        """Standard deviation of the position along x and along y since the start, m."""
        return math.sqrt(self._spread[_P][_P])

    @property
    def velocity_deviation(self) -> float:
        """Standard deviation of the velocity along x and along y, m/s."""
        return math.sqrt(self._spread[_V][_V])

    def begin_here(self) -> None:
        """Resets the position deviation: former uncertainty now belongs to the stated pose."""
        here = self._spread[_P]
        relative = [[0.0] * len(here) for _ in here]
        feet = range(_FEET, _FEET + self._feet)
        relative[_V][_V] = self._spread[_V][_V]
        for foot in feet:
            if self._stood[foot - _FEET] < 0.0:
                continue
            # Seen from the position, a foothold is known as well as the way to it.
            relative[_V][foot] = relative[foot][_V] = self._spread[_V][foot] - here[_V]
            for other in feet:
                if self._stood[other - _FEET] >= 0.0:
                    relative[foot][other] = self._spread[foot][other] - here[foot] - here[other] + here[_P]
        self._spread = relative

    def lose_footholds(self) -> None:
        """Clears velocity and footholds after a gap that cannot be bridged; the position stays."""
        for foot in range(self._feet):
            self._lift(foot)
        for row in self._spread:
            row[_V] = 0.0
        self._spread[_V] = [0.0] * len(self._spread)
        self._spread[_V][_V] = _START_VARIANCE
        self._x[_V] = self._y[_V] = 0.0
        self._vertical.forget(self._vertical.height)

    def update(self, acceleration: Vector, seconds: float, steps: Sequence[OdometryStep | None], rests: bool) -> None:
        """Predicts, then applies the measurement of the legs; a carried robot keeps its position.

        Args:
            acceleration: In the world, m/s².
            seconds: s.
            steps: Measurement of each foot; None for a foot in the air.
            rests: Whether the robot is known to rest.
        """
        held = rests or any(step is not None for step in steps)
        self._unheld = 0.0 if held else self._unheld + seconds
        self.carried = self._unheld > self._flight
        if self.carried:
            self.lose_footholds()
            return
        often = max(PERIOD / seconds, 1.0) if seconds > 0.0 else 1.0
        self._predict(acceleration, seconds, steps)
        self._correct_velocity(steps, rests, often)
        heights: list[float] = []
        for foot, step in enumerate(steps):
            if step is None:
                self._down[foot] = -1.0
                continue
            self._down[foot] = self._down[foot] + seconds if self._down[foot] >= 0.0 else 0.0
            if self._down[foot] >= _IMPACT:
                heights.append(step.height)
            if self._stood[foot] >= 0.0:
                self._correct_foothold(foot, step, often)
            else:
                self._plant(foot, step)
        # By the leg of a foot that is in the air after all the body is too low, and its swing would count as a fall.
        lowest = max(heights, default=0.0) - self._aloft
        heights = [height for height in heights if height >= lowest]
        standing = len(heights)
        height = sum(heights) / standing if standing else None
        self._vertical.update(acceleration[2], seconds, height, standing, rests)

    def _predict(self, acceleration: Vector, h: float, steps: Sequence[OdometryStep | None]) -> None:
        """P <- F P F' + Q with F = [[1, h], [0, 1]] for position and velocity, the identity for the feet."""
        for state, a in ((self._x, acceleration[0]), (self._y, acceleration[1])):
            state[_P] += h * (state[_V] + 0.5 * h * a)
            state[_V] += h * a
        spread, push = self._spread, self._push
        for foot, step in enumerate(steps):
            if self._stood[foot] < 0.0:
                continue
            if step is None:
                self._lift(foot)
                continue
            self._stood[foot] += h
            place = _FEET + foot
            self._x[place] += h * step.rolls_x
            self._y[place] += h * step.rolls_y
            spread[place][place] += self._creep * h
        first, second = spread[_P], spread[_V]
        mixed = second[_V]
        first[_P] += h * (2.0 * first[_V] + h * mixed) + 0.25 * h**3 * push
        first[_V] += h * mixed + 0.5 * h * h * push
        second[_V] += h * push
        second[_P] = first[_V]
        for place in range(_FEET, _FEET + self._feet):
            first[place] += h * second[place]
            spread[place][_P] = first[place]

    def _correct_velocity(self, steps: Sequence[OdometryStep | None], rests: bool, often: float) -> None:
        """Applies the velocity measured by feet that have stood for a moment."""
        u, v, noise = self._x[_V], self._y[_V], self._speed_noise
        told = [(foot, step) for foot, step in enumerate(steps) if step is not None and self._stood[foot] >= _IMPACT]
        limit = self._gate * (self._spread[_V][_V] + noise)
        good = [(foot, step) for foot, step in told if (step.vx - u) ** 2 + (step.vy - v) ** 2 <= limit]
        self.rejected = len(told) - len(good)
        if self.rejected:
            good = self._judge(told, good)
        # Equal measurements of the same thing are their mean with less noise.
        weight = len(good) + (_REST_WEIGHT if rests else 0.0)
        if weight:
            a, b = sum(step.vx for _, step in good) / weight - u, sum(step.vy for _, step in good) / weight - v
            self._fuse(list(self._spread[_V]), self._spread[_V][_V] + often * noise / weight, a, b)

    def _judge(
        self, told: list[tuple[int, OdometryStep]], good: list[tuple[int, OdometryStep]]
    ) -> list[tuple[int, OdometryStep]]:
        """Feet that move unexpectedly slip; when all of them agree, the base was pushed."""
        if not good and len(told) > 1:
            x, y = (sum(values) / len(told) for values in zip(*((step.vx, step.vy) for _, step in told)))
            limit = _AGREE * self._speed_noise
            if all((step.vx - x) ** 2 + (step.vy - y) ** 2 <= limit for _, step in told):
                self._spread[_V][_V] += (x - self._x[_V]) ** 2 + (y - self._y[_V]) ** 2
                self.rejected = 0
                return told
        kept = {foot for foot, _ in good}
        for foot, _ in told:
            if foot not in kept:
                self._lift(foot)
        return good

    def _correct_foothold(self, foot: int, step: OdometryStep, often: float) -> None:
        """Applies the displacement to a foothold; a foot that has moved gets a new one."""
        place, spread = _FEET + foot, self._spread
        column = [there - here for there, here in zip(spread[place], spread[_P])]
        known = column[place] - column[_P]
        a, b = step.x - self._x[place] + self._x[_P], step.y - self._y[place] + self._y[_P]
        if a * a + b * b > self._gate * (known + self._reach_noise):
            self._plant(foot, step)
            return
        self._fuse(column, known + often * self._reach_noise, a, b)

    def _fuse(self, column: list[float], variance: float, a: float, b: float) -> None:
        """One measurement along x and along y, with innovations a and b: state += K e, P -= K S K'."""
        inverse = 1.0 / variance
        gain = [value * inverse for value in column]
        self._x = [value + k * a for value, k in zip(self._x, gain)]
        self._y = [value + k * b for value, k in zip(self._y, gain)]
        self._spread = [
            [value - k * other for value, other in zip(row, column)] if k else row for row, k in zip(self._spread, gain)
        ]

    def _plant(self, foot: int, step: OdometryStep) -> None:
        """Sets a foothold where the foot is now."""
        place, spread = _FEET + foot, self._spread
        self._x[place] = self._x[_P] + step.x
        self._y[place] = self._y[_P] + step.y
        for row, value in zip(spread, spread[_P]):
            row[place] = value
        spread[place] = list(spread[_P])
        spread[place][place] = spread[_P][_P] + self._reach_noise
        self._stood[foot] = 0.0

    def _lift(self, foot: int) -> None:
        """Removes a foothold."""
        self._stood[foot] = -1.0
        place = _FEET + foot
        self._spread[place] = [0.0] * len(self._spread)
        for row in self._spread:
            row[place] = 0.0


class Height:
    """Height above flat ground and its rate: a filter with two states, written out.

    Attributes:
        height: m.
        velocity: m/s.
    """

    def __init__(self, spec: EstimationSpec) -> None:
        """Takes the noise."""
        self._push = spec.acceleration_noise**2 * PERIOD
        self._noise = spec.ground_noise**2
        self._rest = spec.foot_velocity_noise**2 / _REST_WEIGHT
        self.forget(0.0)

    def forget(self, height: float) -> None:
        """Restarts at rest."""
        self.height, self.velocity = height, 0.0
        self._pp, self._pv, self._vv = _START_VARIANCE, 0.0, _START_VARIANCE

    def update(self, acceleration: float, h: float, height: float | None, feet: int, rests: bool) -> None:
        """Predicts, then applies the height by the legs.

        Args:
            acceleration: Upwards, m/s².
            h: Time, s.
            height: Mean over the standing feet, m, or None when there is none.
            feet: How many stand.
            rests: Whether the robot is known to rest.
        """
        push, often = self._push, max(PERIOD / h, 1.0) if h > 0.0 else 1.0
        self.height += h * (self.velocity + 0.5 * h * acceleration)
        self.velocity += h * acceleration
        self._pp += h * (2.0 * self._pv + h * self._vv) + 0.25 * h**3 * push
        self._pv += h * self._vv + 0.5 * h * h * push
        self._vv += h * push
        if height is not None:
            inverse, off = 1.0 / (self._pp + often * self._noise / feet), height - self.height
            first, second = self._pp * inverse, self._pv * inverse
            self.height += first * off
            self.velocity += second * off
            self._vv -= second * self._pv
            self._pv -= first * self._pv
            self._pp -= first * self._pp
        if rests:
            inverse, off = 1.0 / (self._vv + often * self._rest), -self.velocity
            first, second = self._pv * inverse, self._vv * inverse
            self.height += first * off
            self.velocity += second * off
            self._pp -= first * self._pv
            self._pv -= first * self._vv
            self._vv -= second * self._vv
