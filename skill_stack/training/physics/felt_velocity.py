"""The base velocity of the runtime's own estimator, for a batch of robots in training.

The errors of an estimator are no white noise: they depend on the phase of the gait, and are worst when a push makes
feet slip. A policy trained on the true velocity with noise falls in the runtime; one trained with the estimator
tolerates its errors.
"""

from __future__ import annotations

import numpy as np

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.mujoco.model_index import ModelIndex

Array = np.ndarray

NOISE = (0.5, 1.5)
"""Range of the factor on the errors of the sensors that the robot declares."""
GRAVITY = 9.81  # m/s²


def imu_of(sensors: Array, index: ModelIndex, orientation: Array, rate: Array) -> tuple[Array, Array, Array]:
    """What the IMU of every robot measured; that of a robot at rest where nothing was since it restarted.

    Args:
        sensors: Sensor values of the physics, nought after a restart, shape (batch, nsensordata).
        index: Where they are.
        orientation: True ones, w-x-y-z, shape (batch, 4).
        rate: True angular velocities in the frame of the base, rad/s, shape (batch, 3).

    Returns:
        Orientation, angular velocity and specific force, m/s², of shapes (batch, 4), (batch, 3) and (batch, 3).
    """
    seen = sensors[:, index.orientation]
    new = ~seen.any(axis=1, keepdims=True)
    return (
        np.where(new, orientation, seen),
        np.where(new, rate, sensors[:, index.gyro]),
        np.where(new, -GRAVITY * gravity_in_base(orientation), sensors[:, index.accelerometer]),
    )


class FeltVelocity:
    """One estimator for each robot, fed with its simulated sensors."""

    def __init__(self, robot: RobotSpec, batch: int, seconds: float, rng: np.random.Generator) -> None:
        """Resets all estimators.

        Args:
            robot: The robot, with the errors of its sensors; every joint of its URDF.
            batch: Number of robots.
            seconds: Time between two measurements, s.
            rng: Source of errors.

        Raises:
            ResourceNotFound: The robot's URDF is not installed.
            DataError: Robot and URDF disagree, or it has no feet.
        """
        sensors, joints = robot.sensors, robot.size
        self._estimators = [Estimator(robot) for _ in range(batch)]
        self._rng, self._seconds, self._time = rng, seconds, 0.0
        self._sigma = {
            "position": (sensors.encoder_noise, joints), "velocity": (sensors.velocity_noise, joints),
            "torque": (sensors.torque_noise, joints), "acceleration": (sensors.accelerometer_noise, 3),
            "orientation": (sensors.orientation_noise, 2), "rate": (sensors.gyro_noise, 3),
        }  # fmt: skip
        self._encoder_bias, self._gyro_bias = sensors.encoder_bias, sensors.gyro_bias
        self._factor = np.ones((batch, 1))
        self._bias = {"position": np.zeros((batch, joints)), "rate": np.zeros((batch, 3))}
        self._rest = (np.zeros(joints), np.zeros(len(robot.feet)))

    def reset(self, which: Array) -> None:
        """Resets the estimators of some robots, which were replaced.

        Args:
            which: Their indices, shape (n,).
        """
        count, rng = len(which), self._rng
        factor = self._factor[which] = rng.uniform(*NOISE, (count, 1))
        for name, size in (("position", self._encoder_bias), ("rate", self._gyro_bias)):
            self._bias[name][which] = factor * size * rng.uniform(-1, 1, (count, self._bias[name].shape[1]))
        for place in which.tolist():
            self._estimators[place].forget()

    def measure(self, position: Array, velocity: Array, torque: Array, imu: tuple[Array, Array, Array]) -> Array:
        """Takes a measurement of every robot, see :meth:`sense`; returns the velocities of the bases."""
        return self.sense(position, velocity, torque, imu)[-1]

    def sense(
        self, position: Array, velocity: Array, torque: Array, imu: tuple[Array, Array, Array]
    ) -> tuple[Array, Array, Array, Array, Array]:
        """Takes a measurement of every robot.

        Args:
            position: True joint positions, rad, shape (batch, joints).
            velocity: True joint velocities, rad/s, same shape.
            torque: True joint torques, N·m, same shape.
            imu: Orientation in the world, w-x-y-z, angular velocity, rad/s, and specific force, m/s²; shapes
                (batch, 4), (batch, 3) and (batch, 3).

        Returns:
            What the sensors say: joint positions and velocities, orientation, angular velocity; and the velocities of
            the bases in their own frames, m/s, shape (batch, 3).
        """
        self._time += self._seconds
        error = self._errors(len(position))
        orientation, rate, force = imu
        values = (
            position + error["position"], velocity + error["velocity"], torque + error["torque"],
            _tilted(orientation, error["orientation"]), rate + error["rate"], force + error["acceleration"],
        )  # fmt: skip
        felt = np.array([self._one(place, *(value[place] for value in values)) for place in range(len(position))])
        return values[0], values[1], values[3], values[4], felt

    def _one(self, place: int, q: Array, dq: Array, tau: Array, attitude: Array, rate: Array, force: Array) -> Array:
        now, (warm, feet) = self._time, self._rest
        sample = SensorSample(
            sequence=round(now / self._seconds), task_time=now, stamp=now, position=q, velocity=dq, torque=tau,
            orientation=attitude, angular_velocity=rate, linear_acceleration=force, temperature=warm, foot_force=feet,
            battery=1.0,
        )  # fmt: skip
        return np.array(self._estimators[place].read(sample, now, now).base_velocity())

    def _errors(self, batch: int) -> dict[str, Array]:
        drawn = {
            name: self._factor * sigma * self._rng.standard_normal((batch, size))
            for name, (sigma, size) in self._sigma.items()
        }
        return {name: error + self._bias.get(name, 0.0) for name, error in drawn.items()}


def _tilted(orientation: Array, angles: Array) -> Array:
    """Orientations with small errors of roll and pitch, rad, shape (batch, 2); w-x-y-z, shape (batch, 4)."""
    w, x, y, z = orientation.T
    a, b = 0.5 * angles.T
    turned = np.stack([w - x * a - y * b, x + w * a - z * b, y + w * b + z * a, z + x * b - y * a], axis=1)
    return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))
