"""SensorSpec: mounting and errors of sensors (``sensors`` in ``robot.yaml``)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import NonNegative, Positive, Rate


class TrackerSpec(DataModel):
    """A sensor that tracks one object, such as a camera that detects markers on it; noise as for :class:`SensorSpec`.

    Attributes:
        object: Name of the object in the scene.
        rate: Measurements per second, Hz.
        latency: Time from a measurement to its report, s.
        position_noise: Of the position, m, along each axis.
        orientation_noise: Of the orientation, rad, about each axis.
    """

    object: str
    rate: Rate
    latency: NonNegative = 0.0
    position_noise: NonNegative = 0.0
    orientation_noise: NonNegative = 0.0


NOISES, LEAST_FORCE = 5.0, 0.05
"""Standard deviations of its noise, and force, N, from which on a touch sensor says that something presses: five are
exceeded by chance once in 3.5 million times; 0.05 N is the weight of 5 g, less than any object that a hand holds."""


class TouchSpec(DataModel):
    """A touch sensor: the normal force on a pad, or whether there is one; noise as for :class:`SensorSpec`.

    Attributes:
        name: Its name among those of the robot, and that of its topic.
        link: URDF link that carries it.
        kind: What it reports: ``force``, N, or ``switch``, 1 while the force is at least ``threshold`` and else 0.
        point: Middle of the pad in the link's frame, m.
        radius: Radius of the sphere about it that holds the pad, m; contacts of the link within it count.
        range: Least and largest force that it measures, N; it reports the nearer of them for one beyond.
        noise: Of the force, N.
        threshold: Force from which a switch is closed, N.
        source: Where these numbers come from.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    link: str
    kind: Literal["force", "switch"] = "force"
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)
    radius: Positive
    range: tuple[NonNegative, Positive]
    noise: NonNegative = 0.0
    threshold: Positive | None = None
    source: str = Field(min_length=1)

    @property
    def pressed(self) -> float:
        """What it reports at least when something presses on it: 1, or a force, N, that its noise does not reach."""
        return 1.0 if self.kind == "switch" else self.range[0] + max(NOISES * self.noise, LEAST_FORCE)

    @model_validator(mode="after")
    def _consistent(self) -> TouchSpec:
        low, high = self.range
        if low >= high:
            raise ValueError(f"touch sensor '{self.name}': range {list(self.range)} has its low not below its high")
        if (self.kind == "switch") != (self.threshold is not None):
            raise ValueError(f"touch sensor '{self.name}': a threshold, N, is for kind 'switch', which needs one")
        if self.threshold is not None and not low <= self.threshold <= high:
            raise ValueError(f"touch sensor '{self.name}': threshold {self.threshold:g} N is outside its range")
        return self


class SensorSpec(DataModel):
    """Mounting of sensors, and the errors of their simulated counterparts.

    Noise is normally distributed with the given standard deviation unless stated otherwise.

    Attributes:
        imu_rotation: Orientation of the IMU in the base, w-x-y-z.
        contact_force: Force on a foot above which it counts as carrying load, N.
        encoder_noise: Of joint positions, rad.
        encoder_bias: Half width of each joint's constant error, rad; drawn once per seed.
        velocity_noise: Of joint velocities, rad/s.
        torque_noise: Of joint torques, N·m.
        gyro_noise: Of the angular velocity, rad/s.
        gyro_bias: Half width of the constant error of the angular velocity, rad/s.
        accelerometer_noise: Of the specific force, m/s².
        orientation_noise: Of roll and pitch, rad.
        foot_force_noise: Of the force on a foot, as a share of the force.
        imu_heading_drift: Half width of the constant drift of the heading that the IMU reports, rad/s.
        odometry: Whether the device has an odometry sensor; where it has none, base motion comes from IMU and legs.
        odometry_scale: Half width of the constant error of travelled distance, as a share.
        odometry_heading_scale: Half width of the constant error of turned angle, as a share.
        odometry_heading_drift: Half width of the constant drift of the heading, rad/s.
        odometry_walk: Random walk of the position per metre travelled, m per square root of m.
        odometry_velocity_noise: Of the reported velocity, m/s.
        tracker: What follows an object that the robot handles; None where nothing does.
        touch: Touch sensors in the order of their values; empty for most robots.
    """

    imu_rotation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    contact_force: NonNegative = 10.0
    encoder_noise: NonNegative = 0.0
    encoder_bias: NonNegative = 0.0
    velocity_noise: NonNegative = 0.0
    torque_noise: NonNegative = 0.0
    gyro_noise: NonNegative = 0.0
    gyro_bias: NonNegative = 0.0
    accelerometer_noise: NonNegative = 0.0
    orientation_noise: NonNegative = 0.0
    foot_force_noise: NonNegative = 0.0
    imu_heading_drift: NonNegative = 0.0
    odometry: bool = True
    odometry_scale: NonNegative = 0.0
    odometry_heading_scale: NonNegative = 0.0
    odometry_heading_drift: NonNegative = 0.0
    odometry_walk: NonNegative = 0.0
    odometry_velocity_noise: NonNegative = 0.0
    tracker: TrackerSpec | None = None
    touch: tuple[TouchSpec, ...] = ()

    @field_validator("touch")
    @classmethod
    def _one_name_each(cls, touch: tuple[TouchSpec, ...]) -> tuple[TouchSpec, ...]:
        names = [sensor.name for sensor in touch]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"several touch sensors are called '{twice[0]}'")
        return touch
