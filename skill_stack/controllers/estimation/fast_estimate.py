"""FastEstimate: the part of the estimate needed between a sample and its command, in plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from skill_stack.controllers.joint_arithmetic import ATTITUDE
from skill_stack.core.rotation import Quaternion
from skill_stack.core.sensor_sample import SensorSample

Array = np.ndarray


def no_motion() -> Sequence[float]:
    """The velocity of a base with unknown motion."""
    return (0.0, 0.0, 0.0)


def no_place() -> tuple[Sequence[float], Quaternion]:
    """The pose of a base with unknown motion."""
    return (0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)


make_tuple = tuple.__new__
"""Makes a named tuple of a tuple of all its fields without its constructor, which is a function in Python."""


def constants(values: Iterable[float]) -> tuple[float, ...]:
    """Constants for every tick, in as few objects as possible.

    Limits and gains of joints repeat from leg to leg. After a period of sleep, each separate object is one more cache
    miss.
    """
    known: dict[float, float] = {}
    # What equals zero may still differ from it in its sign, and what is no number equals nothing.
    return tuple(known.setdefault(value, value) if value else value for value in values)


class FastEstimate(NamedTuple):
    """The estimate used by guards, runners and safety layer.

    The whole :class:`~skill_stack.core.robot_state.RobotState` is made of it by
    :meth:`skill_stack.controllers.estimation.estimator.Estimator.complete`, after the command is out. What is a
    property is made anew whenever it is asked for.

    Attributes:
        task_time: Task time of the measurement, s.
        numbers: Joint positions, rad, and velocities, rad/s, ordered by ``RobotSpec.joints``, then angular velocity,
            rad/s, gravity and orientation of the base; shape (2 joints + 10,). They never change.
        sample: The sample that it was made of, or None when there has been none.
        age: Age of that sample, s.
        valid: False when it cannot be trusted; the values are then those of the last that could.
        reason: Why it is not valid, or an empty string.
        base_velocity: Computes the linear velocity in the base frame, m/s, when it is called.
        base_place: Gives position, m, and orientation, w-x-y-z, in ``odom``, by the estimate; likewise.
    """

    task_time: float
    numbers: Array
    sample: SensorSample | None
    age: float
    valid: bool
    reason: str
    base_velocity: Callable[[], Sequence[float]] = no_motion
    base_place: Callable[[], tuple[Sequence[float], Quaternion]] = no_place

    @property
    def position(self) -> list[float]:
        """Joint positions, rad, ordered by ``RobotSpec.joints``."""
        return self.numbers[: (self.numbers.size - ATTITUDE) // 2].tolist()

    @property
    def velocity(self) -> list[float]:
        """Joint velocities, rad/s, ordered by ``RobotSpec.joints``."""
        return self.numbers[(self.numbers.size - ATTITUDE) // 2 : -ATTITUDE].tolist()

    @property
    def angular_velocity(self) -> list[float]:
        """Angular velocity in the base frame, rad/s."""
        return self.numbers[-10:-7].tolist()

    @property
    def gravity(self) -> list[float]:
        """Unit vector of gravity in the base frame; (0, 0, -1) when upright."""
        return self.numbers[-7:-4].tolist()

    @property
    def orientation(self) -> Quaternion:
        """Orientation of the base by the IMU, w-x-y-z."""
        w, x, y, z = self.numbers[-4:].tolist()
        return w, x, y, z


_UPRIGHT = (0.0, 0.0, -1.0)
_LEVEL: Quaternion = (1.0, 0.0, 0.0, 0.0)


def numbers_of(
    position: Sequence[float] | Array,
    velocity: Sequence[float] | Array,
    angular_velocity: Sequence[float] | Array = (0.0, 0.0, 0.0),
    gravity: Sequence[float] | Array = _UPRIGHT,
    orientation: Sequence[float] | Array = _LEVEL,
) -> Array:
    """The numbers of a :class:`FastEstimate` from their parts; see its properties."""
    return np.concatenate((position, velocity, angular_velocity, gravity, orientation)).astype(float)
