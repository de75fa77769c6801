"""DriveCondition: temperatures and charge of a simulated robot."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

# Estimates for motors and battery of a robot of this size; what matters is that work shows.
AMBIENT = 35.0  # °C inside a casing
RISE = 0.15  # °C per (N·m)² in the long run
TIME_CONSTANT = 200.0  # s until 63 % of the rise
CAPACITY = 850e3  # J
IDLE_POWER = 60.0  # W for computer, sensors and drives at rest
RESISTANCE = 0.05  # W per (N·m)², lost in windings
STEP = 0.1  # s between two looks: both change slowly


class DriveCondition:
    """Windings warm up with torque squared; the battery supplies that and the mechanical work.

    Attributes:
        temperature: Winding temperatures, °C, shape (joints,); always the same array.
        charge: State of charge, 0 to 1.
        next_look: Task time from which the next look is due, s.
    """

    def __init__(self, lever: Array) -> None:
        """Starts cool and fully charged.

        Args:
            lever: Torque of each motor for what moves its joint: 1, or m where that is a force, shape (joints,).
        """
        self._lever = lever
        self.temperature: Array = np.full(len(lever), AMBIENT)
        self.charge = 1.0
        self.next_look = STEP
        self._time = 0.0

    def look(self, torque: Array, velocity: Array, time: float) -> None:
        """Advances to the present time; useful from :attr:`next_look` on.

        Args:
            torque: Joint torques, N·m, or forces of slides, N, shape (joints,).
            velocity: Joint velocities, rad/s or m/s, shape (joints,).
            time: Task time, s.
        """
        seconds, self._time, self.next_look = time - self._time, time, time + STEP
        square = (self._lever * torque) ** 2
        self.temperature += seconds / TIME_CONSTANT * (AMBIENT + RISE * square - self.temperature)
        power = IDLE_POWER + max(float(torque @ velocity), 0.0) + RESISTANCE * float(square.sum())
        self.charge = max(self.charge - seconds * power / CAPACITY, 0.0)
