"""SimulatedSensors: measurements of a simulated robot."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.sensor_spec import TouchSpec
from skill_stack.core.rotation import Quaternion, into_body
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.drive_condition import DriveCondition
from skill_stack.hardware.mujoco.flat_view import flat_view
from skill_stack.hardware.mujoco.model_index import ModelIndex
from skill_stack.hardware.mujoco.odometry_sensor import OdometrySensor
from skill_stack.hardware.mujoco.sensor_noise import SensorNoise
from skill_stack.hardware.mujoco.tracker_sensor import TrackerSensor

Array = np.ndarray


class SimulatedSensors:
    """Encoders, IMU, foot and touch sensors, odometry, thermometers and fuel gauge with their declared errors.

    The IMU is one physics step behind, as MuJoCo computes its sensors before it integrates.
    """

    def __init__(self, robot: RobotSpec, setup: SceneSetup, data: mujoco.MjData, index: ModelIndex) -> None:
        """Draws the constant errors; odometry begins where the robot is now.

        Args:
            robot: The robot with its declared errors.
            setup: Seed, noise factor and start.
            data: The simulation.
            index: Addresses of the robot in it.
        """
        rng = np.random.default_rng([setup.seed, 7])
        self._noise = SensorNoise(robot, setup.noise, rng)
        self._odometry = OdometrySensor(robot.sensors, setup.noise, rng)
        self._has_odometry = robot.sensors.odometry
        self._imu_drift = setup.noise * robot.sensors.imu_heading_drift * float(rng.uniform(-1, 1))
        self._start_yaw = setup.start.yaw
        tracks = robot.sensors.tracker is not None
        self._tracker = (
            TrackerSensor(robot, setup.noise, np.random.default_rng([setup.seed, 8]), data) if tracks else None
        )
        self._touch = TouchPads(robot.sensors.touch) if robot.sensors.touch else None
        self._condition = DriveCondition(index.lever)
        self._format = SampleFormat(robot)
        # One selection gathers everything; views are valid as long as the simulation is.
        self._all, starts = flat_view((data.qpos, data.qvel, data.actuator_force, data.sensordata))
        self._pick = self._places(index, *starts)
        self._picked = np.zeros(self._pick.size)
        self._vector, self._exact = self._picked[: self._format.size], self._picked[self._format.size :]
        self._warmth = self._vector[self._format.temperature]
        self._bytes = self._picked.data.cast("B")
        self._orientation_at = 8 * self._format.orientation.start
        self._odometry_at = 8 * self._format.odometry_position.start
        self._loads: tuple[Array, Array, float] | None = None  # what drives did when heat and charge were due
        self._time = 0.0
        self.measure(0, 0.0, 0.0)

    def _places(self, index: ModelIndex, positions: int, speeds: int, forces: int, sensors: int) -> Array:
        """Address of each value of the format in the simulation, then those of exact values.

        Temperatures, orientation and odometry are not taken from there: their places hold anything.
        """
        places, pick = self._format, np.full(self._format.size, positions)
        pick[places.position] = positions + index.joint_qpos
        pick[places.velocity] = speeds + index.joint_qvel
        pick[places.torque] = forces + index.actuator
        pick[places.angular_velocity] = sensors + np.arange(index.gyro.start, index.gyro.stop)
        pick[places.linear_acceleration] = sensors + np.arange(index.accelerometer.start, index.accelerometer.stop)
        pick[places.foot_force] = sensors + index.foot_force
        pick[places.touch] = sensors + index.touch
        imu = sensors + np.arange(index.orientation.start, index.orientation.stop)
        # Position, orientation, velocity and yaw rate of the base, and the orientation of the IMU.
        base, motion = positions + index.base_qpos, speeds + index.base_qvel
        return np.concatenate((pick, base + np.arange(7), motion + np.array([0, 1, 2, 5]), imu))

    def prepare(self) -> None:
        """Computes ahead for the next measurement, during idle time."""
        self._noise.prepare()
        if self._loads is not None:
            self._condition.look(*self._loads)
            self._loads = None

    def measure(self, sequence: int, time: float, stamp: float) -> Measurement:
        """Measures.

        Args:
            sequence: Number of the measurement.
            time: Task time, s.
            stamp: Monotonic time, s.

        Returns:
            The measurement; its vector is written again by the next one.
        """
        if self._loads is not None:
            self.prepare()
        seconds, self._time = time - self._time, time
        odometry, condition, vector = self._odometry, self._condition, self._vector
        self._all.take(self._pick, out=self._picked, mode="clip")  # the one mode that takes without a copy
        self._warmth[:] = condition.temperature
        if time >= condition.next_look:
            self._loads = vector[self._format.torque].copy(), vector[self._format.velocity].copy(), time
        x, y, height, *q, a, b, c, yaw_rate, iw, ix, iy, iz = self._exact.tolist()
        roll, pitch, _, _, first, second, _, du, dv, dw = self._noise.add(vector)
        _FOUR.pack_into(self._bytes, self._orientation_at, *self._orientation((iw, ix, iy, iz), roll, pitch))
        if self._tracker is not None:
            self._tracker.write(time, vector[self._format.tracked])
        if self._touch is not None:
            self._touch.limit(vector[self._format.touch])
        if not self._has_odometry:
            _SIX.pack_into(self._bytes, self._odometry_at, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            return Measurement(sequence, True, False, time, stamp, condition.charge, 0.0, 0.0, vector)
        odometry.move(x, y, _yaw(q), seconds, (first, second))
        # Position and velocity by odometry lie one after the other.
        u, v, w = into_body(q, (a, b, c))
        x, y, height = odometry.x, odometry.y, height * odometry.height_scale
        _SIX.pack_into(self._bytes, self._odometry_at, x, y, height, u + du, v + dv, w + dw)
        turning = yaw_rate * odometry.turn_scale + odometry.drift
        return Measurement(sequence, True, True, time, stamp, condition.charge, odometry.yaw, turning, vector)

    def _orientation(self, imu: Quaternion, roll: float, pitch: float) -> Quaternion:
        """Output of the IMU's filter: its heading starts at zero and drifts; roll and pitch have errors."""
        heading = (self._imu_drift * self._time - self._start_yaw) / 2
        c, s = math.cos(heading), math.sin(heading)
        w, x, y, z = imu
        w, x, y, z = c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w
        a, b = roll / 2, pitch / 2
        w, x, y, z = w - x * a - y * b, x + w * a - z * b, y + w * b + z * a, z + x * b - y * a
        norm = math.sqrt(w * w + x * x + y * y + z * z)
        return w / norm, x / norm, y / norm, z / norm


class TouchPads:
    """What touch sensors make of the force on their pads."""

    def __init__(self, sensors: Sequence[TouchSpec]) -> None:
        """Takes their ranges and thresholds."""
        self._low, self._high = np.array([sensor.range for sensor in sensors]).reshape(-1, 2).T
        self._switch = np.array([sensor.threshold is not None for sensor in sensors], bool)
        self._threshold = np.array([sensor.threshold or 0.0 for sensor in sensors])

    def limit(self, force: Array) -> None:
        """Turns forces with their errors, N, shape (..., sensors), into what is reported, in place."""
        np.clip(force, self._low, self._high, out=force)
        np.copyto(force, force >= self._threshold, where=self._switch)


_FOUR, _SIX = struct.Struct("4d"), struct.Struct("6d")


def _yaw(q: list[float]) -> float:
    """Heading of an orientation, rad."""
    w, x, y, z = q
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
