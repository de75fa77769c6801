"""RobotState: the estimate that policies and conditions see."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.sensor_sample import NOTHING

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Source:
    """Source and age of a value.

    Attributes:
        name: Name of the sensor or filter, e.g. ``"imu"``.
        age: Age when the state was made, s.
    """

    name: str
    age: float


@dataclass(frozen=True, slots=True)
class BaseKnowledge:
    """Age and uncertainty of the estimated base motion.

    Attributes:
        source: Where position and velocity come from, e.g. ``legs``; empty when it is not stated.
        age: Their age, s.
        position: Standard deviation of the position along x and along y since ``odom`` began, m; 0 where the source
            does not state it.
        heading: Standard deviation of the heading since ``odom`` began, rad.
        velocity: Standard deviation of the velocity along x and along y, m/s.
    """

    source: str = ""
    age: float = 0.0
    position: float = 0.0
    heading: float = 0.0
    velocity: float = 0.0


@dataclass(frozen=True, slots=True)
class RobotState:
    """The estimate of the robot. Arrays may carry leading batch dimensions (training), shown as ``...``.

    Attributes:
        task_time: Task time, s.
        position: Joint positions, rad, shape (..., joints).
        velocity: Joint velocities, rad/s, shape (..., joints).
        torque: Joint torques, N·m, shape (..., joints).
        orientation: Base orientation in ``odom``, w-x-y-z, shape (..., 4).
        angular_velocity: Angular velocity in the base frame, rad/s, shape (..., 3).
        projected_gravity: Unit vector of gravity in the base frame, shape (..., 3); (0, 0, -1) when upright.
        base_position: Base position in ``odom``, m, shape (..., 3).
        base_velocity: Linear velocity in the base frame, m/s, shape (..., 3).
        contact: Whether each foot carries load, bool, shape (..., feet).
        sources: Source and age of each group of values, by field name.
        base: How well the motion of the base is known.
        touch: What the touch sensors report, N or 1, shape (..., sensors); NaN for one that says nothing.
        heading_offset: Heading that the IMU reports where that in ``odom`` is zero, rad; 0 where it is not stated.
        valid: False when the estimate cannot be trusted; ``reason`` states why.
        reason: Why it is not valid, or an empty string.
    """

    task_time: float
    position: Array
    velocity: Array
    torque: Array
    orientation: Array
    angular_velocity: Array
    projected_gravity: Array
    base_position: Array
    base_velocity: Array
    contact: Array
    sources: dict[str, Source]
    valid: bool = True
    reason: str = ""
    base: BaseKnowledge = field(default_factory=BaseKnowledge)
    heading_offset: float = 0.0
    touch: Array = field(default_factory=lambda: NOTHING)

    @property
    def tilt(self) -> float:
        """Angle between the base's z axis and up, rad; for a single robot."""
        return float(np.arccos(np.clip(-self.projected_gravity[..., 2], -1.0, 1.0)))

    @property
    def yaw(self) -> float:
        """Heading of the base in ``odom``, rad; for a single robot."""
        w, x, y, z = self.orientation
        return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
