"""OdometrySensor: a simulated odometry with drift as of leg odometry."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.robots.robot import SensorSpec


class OdometrySensor:
    """Integrates small motions, each with an error; starts at the origin of its own frame.

    Motion that the robot does not make itself (being carried, sliding) is measured too.

    Attributes:
        x: Measured position, m.
        y: m.
        yaw: Measured heading, rad.
        height_scale: Factor on the height.
        turn_scale: Factor on turned angles.
        drift: Drift of the heading, rad/s.
    """

    def __init__(self, spec: SensorSpec, factor: float, rng: np.random.Generator) -> None:
        """Draws the constant errors.

        Args:
            spec: Declared errors.
            factor: Factor on all of them, 0 for a perfect sensor.
            rng: Source of chance.
        """
        forward, left, turn, drift = rng.uniform(-1, 1, 4).tolist()
        self._forward_scale = self.height_scale = 1.0 + factor * spec.odometry_scale * forward
        self._left_scale = 1.0 + factor * spec.odometry_scale * left
        self.turn_scale = 1.0 + factor * spec.odometry_heading_scale * turn
        self.drift = factor * spec.odometry_heading_drift * drift
        self.x = self.y = self.yaw = 0.0
        self._before: tuple[float, float, float] | None = None

    def move(self, x: float, y: float, yaw: float, seconds: float, wander: tuple[float, float]) -> None:
        """Takes the true pose now; the first one is the origin.

        Args:
            x: True position, m.
            y: m.
            yaw: True heading, rad.
            seconds: Time since the last call, s.
            wander: Errors of this motion forward and left, for a way of one metre, m.
        """
        before, self._before = self._before, (x, y, yaw)
        if before is None:
            return
        x0, y0, yaw0 = before
        turn = math.remainder(yaw - yaw0, 2 * math.pi)
        c, s = math.cos(yaw0 + turn / 2), math.sin(yaw0 + turn / 2)
        forward = (c * (x - x0) + s * (y - y0)) * self._forward_scale
        left = (c * (y - y0) - s * (x - x0)) * self._left_scale
        share = math.sqrt(math.hypot(forward, left))
        forward, left = forward + share * wander[0], left + share * wander[1]
        turned = turn * self.turn_scale + self.drift * seconds
        c, s = math.cos(self.yaw + turned / 2), math.sin(self.yaw + turned / 2)
        self.x += c * forward - s * left
        self.y += s * forward + c * left
        self.yaw = math.remainder(self.yaw + turned, 2 * math.pi)
