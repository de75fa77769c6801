"""JointVelocityFilter: a Kalman filter per joint over position and velocity, driven by random acceleration.

With constant noise and a constant period its gain is constant too (the alpha-beta filter; Kalata 1984, "The tracking
index"), so a tick is four multiplications per joint. A leg that swings accelerates far more than one that stands: where
the velocity jumps, the filter restarts at the measured one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.robots.estimation import PERIOD, EstimationSpec

_SETTLED = 500  # steps until the gain no longer changes, with much to spare


class JointVelocityFilter:
    """Positions and velocities of joints from noisy encoders. Causal.

    Attributes:
        velocity: Filtered velocities, rad/s, or an empty list before the first measurement.
        acceleration: Their change, rad/s²; where samples come often, smoothed over :data:`PERIOD`.
        gain: Of (position, velocity) by (position error, velocity error), shape (2, 2).
    """

    def __init__(self, spec: EstimationSpec, period: float) -> None:
        """Computes the gain.

        Args:
            spec: Noise of encoders and velocities, and how joints accelerate.
            period: Usual time between two samples, s.
        """
        self.gain = _steady_gain(spec, period)
        self._gain = self.gain.ravel().tolist()
        self._jump = spec.joint_jump
        self.forget()

    def forget(self) -> None:
        """Restarts with the next measurement."""
        self._position: list[float] = []
        self.velocity: list[float] = []
        self.acceleration: list[float] = []

    def update(self, position: Sequence[float], velocity: Sequence[float], seconds: float) -> None:
        """Takes a measurement.

        Args:
            position: Joint positions, rad.
            velocity: Joint velocities, rad/s.
            seconds: Time since the last one, s.
        """
        if not self.velocity or not 0.0 < seconds < 0.25:
            self._position, self.velocity = list(position), list(velocity)
            self.acceleration = [0.0] * len(self.velocity)
            return
        a, b, c, d = self._gain
        before, positions, speeds, jump = self.velocity, [], [], self._jump
        for old, speed, measured, rate in zip(self._position, before, position, velocity):
            faster = rate - speed
            if not -jump < faster < jump:
                positions.append(measured)
                speeds.append(rate)
                continue
            old += speed * seconds
            off = measured - old
            positions.append(old + a * off + b * faster)
            speeds.append(speed + c * off + d * faster)
        self._position, self.velocity = positions, speeds
        # Over at least a period, or noise would be most of it.
        inverse, share = 1.0 / seconds, min(seconds / PERIOD, 1.0)
        self.acceleration = [
            old + share * ((now - then) * inverse - old) for now, then, old in zip(speeds, before, self.acceleration)
        ]


def _steady_gain(spec: EstimationSpec, period: float) -> np.ndarray:
    """Steady-state gain of the Kalman filter, shape (2, 2)."""
    move = np.array([[1.0, period], [0.0, 1.0]])
    push = np.array([0.5 * period**2, period])
    process = spec.joint_acceleration**2 * np.outer(push, push) * (PERIOD / period)
    noise = np.diag([spec.encoder_noise**2, spec.velocity_noise**2])
    spread = noise
    gain = np.zeros((2, 2))
    for _ in range(_SETTLED):
        predicted = move @ spread @ move.T + process
        gain = predicted @ np.linalg.inv(predicted + noise)
        spread = (np.eye(2) - gain) @ predicted
    return gain
