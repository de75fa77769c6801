"""SensorNoise: errors of simulated sensors, as ``robot.yaml`` declares them."""

from __future__ import annotations

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.sample_format import SampleFormat

Array = np.ndarray

DRAWS = 64  # measurements whose errors are drawn together, since a draw costs as much for one as for ten


class SensorNoise:
    """Errors of all sensors as one vector: constant ones drawn once, the others for every measurement.

    Places are those of :class:`skill_stack.core.shared_memory.sample_format.SampleFormat`. Where that holds the
    orientation, the
    first two errors are roll and pitch in rad; where it holds the position by odometry, the first two are errors of
    the way forward and left in m, for a way of one metre.
    """

    def __init__(self, robot: RobotSpec, factor: float, rng: np.random.Generator) -> None:
        """Draws the constant errors.

        Args:
            robot: The robot with its declared errors.
            factor: Factor on all of them, 0 for perfect sensors.
            rng: Source of chance.
        """
        places, spec = SampleFormat(robot), robot.sensors
        self._rng = rng
        self._sigma, self._bias = np.zeros(places.size), np.zeros(places.size)
        for place, size in (
            (places.position, _of_joints(robot, "encoder_noise")),
            (places.velocity, _of_joints(robot, "velocity_noise")),
            (places.torque, _of_joints(robot, "torque_noise")),
            (places.orientation, spec.orientation_noise),
            (places.angular_velocity, spec.gyro_noise),
            (places.linear_acceleration, spec.accelerometer_noise),
            (places.foot_force, spec.foot_force_noise),
            (places.odometry_position, spec.odometry_walk),
            (places.touch, np.array([sensor.noise for sensor in spec.touch])),
            (places.odometry_linear, spec.odometry_velocity_noise),
        ):
            self._sigma[place] = factor * size
        self._bias[places.position] = factor * _of_joints(robot, "encoder_bias") * rng.uniform(-1, 1, robot.size)
        self._bias[places.angular_velocity] = factor * spec.gyro_bias * rng.uniform(-1, 1, 3)
        self._drawn = np.zeros((DRAWS, places.size))
        self._rows = tuple(self._drawn)
        self._feet = tuple(self._drawn[:, places.foot_force])
        self._feet_place = places.foot_force
        self._apart = np.r_[places.orientation, places.odometry_position, places.odometry_linear]
        self._lists: list[list[float]] = []
        self._row = DRAWS

    def prepare(self) -> None:
        """Draws ahead when the supply is used up, during idle time."""
        if self._row < DRAWS:
            return
        self._rng.standard_normal(out=self._drawn)
        self._drawn *= self._sigma
        self._drawn += self._bias
        self._lists = self._drawn[:, self._apart].tolist()
        self._row = 0

    def add(self, measured: Array) -> list[float]:
        """Adds errors to true values in place; those of the feet are shares of the force.

        Args:
            measured: True values, shape (size,).

        Returns:
            The errors added to orientation and odometry, as plain numbers: four, three and three.
        """
        if self._row == DRAWS:
            self.prepare()
        row = self._row
        self._row = row + 1
        feet = self._feet[row]
        np.multiply(feet, measured[self._feet_place], feet)
        np.add(measured, self._rows[row], measured)
        return self._lists[row]


def _of_joints(robot: RobotSpec, field: str) -> Array:
    """One declared error for each joint, shape (joints,): that of the joint's part."""
    out = np.zeros(robot.size)
    for name, part in robot.parts.items():
        out[robot.indices(part.joints)] = getattr(robot.part(name).sensors, field)
    return out
