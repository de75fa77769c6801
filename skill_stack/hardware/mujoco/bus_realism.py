"""BusRealism: measurements quantised, delayed or lost, as on a bus."""

from __future__ import annotations

from collections import deque

import numpy as np

from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat

Array = np.ndarray


class BusRealism:
    """Delivers measurements; a lost one leaves the previous one in place."""

    def __init__(self, robot: RobotSpec, harsh: HardwareRealism, rng: np.random.Generator) -> None:
        """Starts with an empty link.

        Args:
            robot: The robot.
            harsh: What goes wrong.
            rng: Source of chance.
        """
        places = SampleFormat(robot)
        self._harsh, self._rng = harsh, rng
        self._steps = [
            (place, step)
            for place, step in (
                (places.position, harsh.position_step),
                (places.velocity, harsh.velocity_step),
                (places.torque, harsh.torque_step),
            )
            if step > 0
        ]
        self._under_way: deque[tuple[float, Measurement]] = deque()
        self._arrived: Measurement | None = None

    def send(self, measurement: Measurement) -> Measurement:
        """Takes the present measurement; returns the newest that has arrived, the first one at once."""
        vector = measurement.vector.copy()
        for place, step in self._steps:
            vector[place] = step * np.rint(vector[place] / step)
        sent, harsh = measurement._replace(vector=vector), self._harsh
        if self._arrived is None:
            self._arrived = sent
        if self._rng.random() >= harsh.lost_measurements:
            late = harsh.late_by if self._rng.random() < harsh.late_measurements else 0.0
            self._under_way.append((measurement.task_time + harsh.measurement_delay + late, sent))
        due = [entry for entry in self._under_way if entry[0] <= measurement.task_time + 1e-9]
        for entry in due:
            self._under_way.remove(entry)
            if entry[1].sequence > self._arrived.sequence:  # one that was overtaken is of no use any more
                self._arrived = entry[1]
        return self._arrived._replace(vector=self._arrived.vector.copy())
