"""RunMeter: cost of a run, by the robot's measurements."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.setpoint import SkillStatus

Array = np.ndarray
_LEVER = 0.3  # m at which a turning rate counts as a speed
_LONGEST = 0.2  # s; a longer gap between two readings was not seen
_VELOCITIES = ("vx", "vy", "wz")


@dataclass(slots=True)
class RunMeter:
    """Accumulates work, roughness, effort and tracking error of one run."""

    _work: float = 0.0
    _square: float = 0.0
    _torque: float = 0.0
    _looks: int = 0
    _error: float = 0.0
    _cycles: int = 0
    _before: tuple[float, Array] | None = field(default=None)

    def joints(self, time: float, velocity: Array, torque: Array) -> None:
        """Takes a reading of the joints.

        Args:
            time: Task time, s.
            velocity: rad/s, shape (joints,).
            torque: N·m, shape (joints,).
        """
        if self._before is not None:
            seconds = time - self._before[0]
            if 0.0 < seconds <= _LONGEST:
                self._work += seconds * float(np.maximum(velocity * torque, 0.0).sum())
                self._square += float((((velocity - self._before[1]) / seconds) ** 2).mean())
                self._torque += float((torque**2).mean())
                self._looks += 1
        self._before = (time, velocity.copy())

    def cycle(self, status: SkillStatus, goals: Mapping[str, float]) -> None:
        """Takes a status and the goals requested at that time.

        Args:
            status: What the controller reports.
            goals: Goal values in force.
        """
        if not all(name in goals for name in _VELOCITIES):
            return
        vx, vy = float(status.base_velocity[0]) - goals["vx"], float(status.base_velocity[1]) - goals["vy"]
        error = vx * vx + vy * vy + (_LEVER * (status.yaw_rate - goals["wz"])) ** 2
        if math.isfinite(error):
            self._error += error
            self._cycles += 1

    def measured(self) -> dict[str, float]:
        """The measurements, by the names of :data:`skill_stack.connector.statistics.run.MEASURES`."""
        out: dict[str, float] = {}
        if self._looks:
            out |= {"energy": self._work, "roughness": math.sqrt(self._square / self._looks)}
            out["effort"] = math.sqrt(self._torque / self._looks)
        if self._cycles:
            out["tracking"] = math.sqrt(self._error / self._cycles)
        return out
