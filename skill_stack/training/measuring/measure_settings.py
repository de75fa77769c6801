"""What is measured of a walking policy: limits, commands, changes, ranges of the robots."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.hardware.mujoco.model_variation import VariationRanges
from skill_stack.training.physics.episode import TrainingSensorNoise

AXES = ("vx", "vy", "wz")


class MeasureSettings(DataModel):
    """What is measured, and what counts as good.

    Attributes:
        seeds: Number of long runs.
        seconds: Length of a long run, s.
        push_speed: Velocity change of a push, m/s.
        push_interval: Time between pushes, s.
        command_interval: Time between command changes in long runs, s.
        variation: Ranges of the robots in long runs.
        latency: Range of the latency in long runs, s.
        noise: Sensor noise in all runs.
        tracking_seconds: Length of a tracking run, s.
        settle: Beginning of a tracking run that does not count, s.
        linear_limit: Largest mean error of vx and vy, m/s.
        angular_limit: Largest mean error of the yaw rate, rad/s.
        fall_tilt: Tilt that counts as a fall, rad.
        fall_height: Height of the base that counts as a fall, m.
    """

    seeds: int = 20
    seconds: float = 60.0
    push_speed: float = 0.5
    push_interval: tuple[float, float] = (4.0, 8.0)
    command_interval: tuple[float, float] = (3.0, 6.0)
    variation: VariationRanges = VariationRanges(
        foot_friction=(0.5, 1.2), added_mass=(-1.0, 1.0), com_offset=(-0.015, 0.015), motor_strength=(0.95, 1.05)
    )
    latency: tuple[float, float] = (0.0, 0.015)
    noise: TrainingSensorNoise = TrainingSensorNoise(
        angular_velocity=0.1, gravity=0.02, position=0.005, velocity=0.5, base_velocity=0.05
    )
    tracking_seconds: float = 8.0
    settle: float = 2.0
    linear_limit: float = 0.1
    angular_limit: float = 0.1
    fall_tilt: float = 1.0
    fall_height: float = 0.15


TRACKING_COMMANDS: tuple[tuple[float, float, float], ...] = (
    (-0.5, 0.0, 0.0),
    (-0.25, 0.0, 0.0),
    (0.2, 0.0, 0.0),
    (0.4, 0.0, 0.0),
    (0.6, 0.0, 0.0),
    (0.8, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (0.0, -0.4, 0.0),
    (0.0, -0.2, 0.0),
    (0.0, 0.2, 0.0),
    (0.0, 0.4, 0.0),
    (0.0, 0.0, -1.0),
    (0.0, 0.0, -0.5),
    (0.0, 0.0, -0.2),
    (0.0, 0.0, 0.2),
    (0.0, 0.0, 0.5),
    (0.0, 0.0, 1.0),
    (0.5, 0.0, 0.6),
    (0.6, 0.2, -0.5),
    (-0.3, -0.2, 0.6),
    (1.0, 0.0, 1.0),
    (1.0, 0.4, 0.0),
    (1.0, 0.4, 1.0),
    (-0.5, -0.4, -1.0),
)
"""Commands of the tracking runs: every axis alone up to its limits, mixtures, and corners of the range."""

CHANGES: tuple[tuple[tuple[float, float, float], tuple[float, float, float]], ...] = (
    ((0.8, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ((1.0, 0.0, 0.0), (-0.5, 0.0, 0.0)),
    ((0.0, 0.4, 0.0), (0.0, -0.4, 0.0)),
    ((0.0, 0.0, 1.0), (0.0, 0.0, -1.0)),
    ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    ((1.0, 0.0, 1.0), (0.0, 0.0, 0.0)),
)
"""Abrupt changes: from, to."""
