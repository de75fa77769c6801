"""TrackerSensor: a simulated sensor that tracks one object with latency and noise, as a camera on markers."""

from __future__ import annotations

from collections import deque

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import Quaternion, into_body, multiply

Array = np.ndarray
SLACK = 1e-9  # s: sums of periods are never exact


class TrackerSensor:
    """Measures at its own rate and reports after its latency; it never loses the object."""

    def __init__(self, robot: RobotSpec, factor: float, rng: np.random.Generator, data: mujoco.MjData) -> None:
        """Finds the object.

        Args:
            robot: The robot; it declares a tracker.
            factor: Factor on the declared noise, 0 for a perfect sensor.
            rng: Source of chance.
            data: The simulation; in a scene without the object nothing is ever seen.
        """
        spec = robot.sensors.tracker
        assert spec is not None, "the robot declares a tracker"
        model = data.model
        self._body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, spec.object)
        self._base = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, robot.source.base_link)
        self._data, self._rng = data, rng
        self._period, self._latency = 1.0 / spec.rate, spec.latency
        self._noise = (factor * spec.position_noise, factor * spec.orientation_noise)
        self._due = 0.0
        self._looks: deque[tuple[float, ...]] = deque()
        self._report: tuple[float, ...] = (0.0,) * 8

    def write(self, time: float, row: Array) -> None:
        """Measures if due, and writes the newest report.

        Args:
            time: Task time, s.
            row: Receives task time of the look, position and orientation in the base frame, shape (8,); zeros before
                anything was seen.
        """
        if self._body >= 0 and time >= self._due - SLACK:
            self._due += self._period * max(1.0, np.floor((time - self._due) / self._period + 1.0))
            self._looks.append(self._look(time))
        while self._looks and self._looks[0][0] + self._latency <= time + SLACK:
            self._report = self._looks.popleft()
        row[:] = self._report

    def _look(self, time: float) -> tuple[float, ...]:
        data = self._data
        base, thing = data.xquat[self._base].tolist(), data.xquat[self._body].tolist()
        way = (data.xpos[self._body] - data.xpos[self._base]).tolist()
        position_noise, orientation_noise = self._noise
        position = np.array(into_body(base, way)) + self._rng.normal(0.0, position_noise, 3)
        w, x, y, z = base
        a, b, c = (0.5 * self._rng.normal(0.0, orientation_noise, 3)).tolist()
        wrong: Quaternion = (1.0, a, b, c)
        turned = np.array(multiply(wrong, multiply((w, -x, -y, -z), tuple(thing))))
        return (time, *position.tolist(), *(turned / np.linalg.norm(turned)).tolist())
