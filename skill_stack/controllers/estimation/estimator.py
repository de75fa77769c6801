"""Estimator: from the device's measurements to the state used by policies and conditions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import (
    FastEstimate,
    Quaternion,
    make_tuple,
    no_motion,
    no_place,
    numbers_of,
)
from skill_stack.controllers.joint_arithmetic import ATTITUDE, MISSHAPEN, NO_ORIENTATION, NOT_FINITE, PLAUSIBLE, take
from skill_stack.core.dataclass_factory import fast_constructor
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.robot_state import BaseKnowledge, RobotState, Source
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import multiply
from skill_stack.core.sensor_sample import NOTHING, SensorSample

if TYPE_CHECKING:
    from skill_stack.controllers.estimation.base_estimator import BaseEstimate, BaseEstimator

Array = np.ndarray

_quick_state, _quick_knowledge = fast_constructor(RobotState), fast_constructor(BaseKnowledge)
_NO_ODOMETRY = _NO_IMU = Source("none", math.inf)


class Estimator:
    """Turns samples into readings and states, and reports why a sample is not usable.

    With an odometry sensor the orientation takes roll and pitch from the IMU and the heading from odometry, so that it
    belongs to the ``odom`` frame as the position does. With ``estimation.base`` ``legs``, or ``auto`` on a device
    without that sensor, base motion comes from IMU and legs.

    Attributes:
        last: The last reading.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Takes the robot's limits and its mounting of the IMU."""
        joints, feet = robot.size, len(robot.feet)
        self._robot = robot
        self._age_limit, self._ahead = robot.safety.sample_age, robot.safety.stamp_ahead
        self._contact_force = robot.sensors.contact_force
        w, x, y, z = robot.sensors.imu_rotation
        self._mount: Quaternion | None = None if (w, x, y, z) == (1.0, 0.0, 0.0, 0.0) else (w, x, y, z)
        self._shapes = {"position": joints, "velocity": joints, "orientation": 4, "angular_velocity": 3}
        self._shapes |= {"foot_force": feet, "torque": joints, "temperature": joints, "linear_acceleration": 3}
        self._pads = self._shapes["touch"] = len(robot.sensors.touch)
        self._joints = np.zeros(joints)
        self._feet = np.zeros(feet, bool)
        self._touch = np.zeros(feet)
        self._zero = np.zeros(3)
        self._size = 2 * joints + ATTITUDE
        self._sequence: int | None = None
        self._news = 0.0
        self._known_sources: dict[tuple[int, int, str], dict[str, Source]] = {}
        self._spec = robot.estimation
        self._motion = _motion_of(robot)
        self._always = self._spec.contact != "foot_force" or self._spec.joint_velocity != "measured"
        self._walks_blind: bool | None = None
        self._ask, self._ask_place = self._velocity, self._place
        self._gone: FastEstimate | None = None
        self.last = FastEstimate(0.0, numbers_of(self._joints, self._joints), None, 0.0, False, "no sample yet")

    def read(self, sample: SensorSample | None, now: float, mono: float) -> FastEstimate:
        """Takes the newest sample.

        Args:
            sample: The newest sample, or None when there is none or it could not be read.
            now: Task time, s.
            mono: Monotonic time, s.

        Returns:
            The reading; not valid, with a reason and the values of the last valid one, when the sample cannot be
            trusted.
        """
        if sample is None:
            return self._blind("no sample from the device", now)
        if not sample.valid:
            return self._blind("the device marks its samples as invalid", now)
        numbers = np.empty(self._size)
        where = motion = NOTHING
        if (odometry := sample.odometry) is not None:
            where, motion = odometry.position, odometry.linear
        s = sample
        try:
            problem = take(
                s.position, s.velocity, s.angular_velocity, s.orientation, s.torque, s.temperature,
                s.linear_acceleration, s.foot_force, where, motion, self._touch, numbers,
            )  # fmt: skip
        except TypeError:  # not vectors of contiguous doubles
            problem = self._take_copies(sample, where, motion, numbers)
        if problem == MISSHAPEN or np.size(s.touch) != self._pads:
            return self._blind(self._shape_problem(sample), now)
        age = now - sample.task_time
        if reason := self._stamp_problem(sample, age, mono):
            return self._blind(reason, now)
        if problem == NO_ORIENTATION:
            norm = math.hypot(*sample.orientation.tolist())
            return self._blind(f"the IMU's orientation has length {norm:.3f} instead of 1", now)
        if problem == NOT_FINITE or (odometry is not None and not abs(odometry.yaw) < PLAUSIBLE):
            return self._blind(f"sample {sample.sequence} holds a value that is not finite or beyond 1e9", now)
        if self._mount is not None:
            self._to_base(numbers)
        task_time, ask, place = sample.task_time, self._ask, self._ask_place
        values = (task_time, numbers, sample, age, True, "", ask, place)
        self._gone = self.last  # it is taken to pieces later, not while a command is waited for
        self.last = reading = make_tuple(FastEstimate, values)
        return reading

    def _stamp_problem(self, sample: SensorSample, age: float, mono: float) -> str:
        """Why a sample of that age, s, is not current, or an empty string; notes new data of the device."""
        if sample.sequence != self._sequence:
            self._sequence, self._news = sample.sequence, mono
        limit = self._age_limit
        if not (age <= limit and mono - sample.stamp <= limit and mono - self._news <= limit):
            age = max(age, mono - sample.stamp, mono - self._news)
            kind = "repeats" if mono - self._news > limit else "is late with"
            return f"the device {kind} sample {sample.sequence}: {age:.3f} s old, limit {limit:g} s"
        if age < -self._ahead or mono - sample.stamp < -self._ahead:
            ahead, clock = max((-age, "task"), (sample.stamp - mono, "monotonic"))
            reason = f"sample {sample.sequence} is from the future: {ahead:.3f} s ahead of the {clock} clock"
            return f"{reason}, limit {self._ahead:g} s"
        return ""

    def forget(self) -> None:
        """Clears the device's counter and the robot's pose, because the device restarted."""
        self._sequence = None
        self._walks_blind = None
        if self._motion is not None:
            self._motion.forget()

    def resume(self, before: RobotState | None) -> None:
        """Continues from the state of an earlier control process; the pose of the leg odometry is kept.

        Args:
            before: The last state of that process; None when it could not be read, so that the place is unknown.
        """
        if self._motion is not None:
            self._motion.resume(before)

    def restate(self, position: float, heading: float) -> None:
        """Applies a stated pose with its standard deviations, m and rad; odometry sensors need none."""
        if self._motion is not None:
            self._motion.restate(position, heading)

    def _blind(self, reason: str, now: float) -> FastEstimate:
        self.last = self.last._replace(task_time=now, valid=False, reason=reason)
        return self.last

    def _shape_problem(self, sample: SensorSample) -> str:
        for name, size in self._shapes.items():
            found = np.shape(getattr(sample, name))
            if found != (size,):
                return f"the device's {name} has shape {found}, {self._robot.name} needs ({size},)"
        return ""

    def _take_copies(self, sample: SensorSample, place: Array, motion: Array, numbers: Array) -> int:
        """Version of :func:`take` for arrays of any kind."""
        s = sample
        fields = (
            s.position, s.velocity, s.angular_velocity, s.orientation, s.torque, s.temperature,
            s.linear_acceleration, s.foot_force, place, motion, self._touch,
        )  # fmt: skip
        vectors = [*(np.ascontiguousarray(field, float) for field in fields), numbers]
        return take(*vectors) if all(vector.ndim == 1 for vector in vectors) else MISSHAPEN

    def _to_base(self, numbers: Array) -> None:
        """Transforms orientation, angular velocity and gravity from the IMU frame to the base frame."""
        assert self._mount is not None
        w, x, y, z = self._mount
        inverse = (w, -x, -y, -z)
        a, b, c, *_, s, i, j, k = numbers[-ATTITUDE:].tolist()
        _, *rate = multiply(multiply(self._mount, (0.0, a, b, c)), inverse)
        w, x, y, z = orientation = multiply((s, i, j, k), inverse)
        numbers[-ATTITUDE:] = (*rate, *_down(w, x, y, z), *orientation)

    def complete(self, reading: FastEstimate) -> RobotState:
        """The whole estimate that belongs to the newest reading."""
        self._gone = None
        sample = reading.sample
        on_legs = self._on_legs(reading)
        motion = self._motion.update(reading) if self._motion is not None and (on_legs or self._always) else None
        legs = motion if on_legs else None
        base, values, position, velocity = self._base(reading, legs)
        filtered = motion if self._spec.joint_velocity == "filtered" else None
        sources = self._sources(reading, motion, base) if sample else {}
        return _quick_state(
            task_time=reading.task_time,
            position=sample.position if sample else self._joints,
            velocity=np.array(filtered.joint_velocity) if filtered else self._measured(sample),
            torque=sample.torque if sample else self._joints,
            orientation=values[0:4],
            angular_velocity=values[4:7],
            projected_gravity=values[7:10],
            base_position=position,
            base_velocity=velocity,
            contact=np.array(motion.contact) if motion else self._touching(sample),
            sources=sources,
            valid=reading.valid,
            reason=reading.reason,
            base=_knowledge(sources.get("base_position", _NO_ODOMETRY), legs),
            heading_offset=legs.heading_offset if legs else 0.0,
            touch=sample.touch if sample else NOTHING,
        )

    def _base(self, reading: FastEstimate, legs: BaseEstimate | None) -> tuple[str, Array, Array, Array]:
        """Base motion and its source; orientation, angular velocity and gravity in one row; position; velocity."""
        rate, odometry = reading.angular_velocity, reading.sample.odometry if reading.sample else None
        if legs is not None:
            # One array for all of them: making one costs more than cutting it.
            moves = (*legs.position, *legs.velocity)
            values = np.array((*legs.orientation, *rate, *_down(*legs.orientation), *moves))
            return "legs", values, values[10:13], values[13:16]
        if odometry is not None:
            values = np.array((*_turned(reading.orientation, odometry.yaw), *rate, *reading.gravity))
            return "odometry", values, odometry.position, odometry.linear
        return "none", np.array((*reading.orientation, *rate, *reading.gravity)), self._zero, self._zero

    def _velocity(self) -> Sequence[float]:
        """Velocity of the base for a policy that observes it; the filters then run before the command is sent."""
        reading = self.last
        if self._on_legs(reading):
            motion = self._motion.update(reading) if self._motion is not None else None
            return motion.velocity if motion is not None else no_motion()
        odometry = reading.sample.odometry if reading.sample else None
        return odometry.linear.tolist() if odometry is not None else no_motion()

    def _place(self) -> tuple[Sequence[float], Quaternion]:
        """Pose of the base in ``odom`` for a policy that observes it; likewise."""
        reading = self.last
        if self._on_legs(reading):
            motion = self._motion.update(reading) if self._motion is not None else None
            return (motion.position, motion.orientation) if motion is not None else no_place()
        odometry = reading.sample.odometry if reading.sample else None
        if odometry is None:
            return (0.0, 0.0, 0.0), reading.orientation
        return odometry.position.tolist(), _turned(reading.orientation, odometry.yaw)

    def foot_loads(self, sample: SensorSample) -> Sequence[float]:
        """Forces on the feet by the source of contacts: joint torques, N, or sensors, in any unit."""
        if self._motion is None or self._spec.contact != "joint_torque":
            return sample.foot_force.tolist()
        return self._motion.foot_loads

    def _on_legs(self, reading: FastEstimate) -> bool:
        """Whether base motion comes from the legs; whether a device has odometry shows in its first sample."""
        if self._spec.base != "auto":
            return self._spec.base == "legs"
        if self._walks_blind is None and reading.sample is not None:
            self._walks_blind = reading.sample.odometry is None
        return bool(self._walks_blind)

    def _measured(self, sample: SensorSample | None) -> Array:
        return sample.velocity if sample else self._joints

    def _touching(self, sample: SensorSample | None) -> Array:
        return sample.foot_force > self._contact_force if sample else self._feet

    def _sources(self, reading: FastEstimate, motion: BaseEstimate | None, base: str) -> dict[str, Source]:
        """Source of each group of values; cached per millisecond of age."""
        behind = 0.0 if motion is None else reading.task_time - motion.task_time
        key = (round(1e3 * max(reading.age, 0.0)), round(1e3 * max(reading.age + behind, 0.0)), base)
        if key not in self._known_sources:
            self._known_sources[key] = self._named_sources(1e-3 * key[0], 1e-3 * key[1], base, motion is not None)
        return self._known_sources[key]

    def _named_sources(self, seconds: float, filtered: float, base: str, filters: bool) -> dict[str, Source]:
        """Sources of values that are ``seconds`` old, or ``filtered`` where a filter made them."""
        joints = Source("encoders", seconds)
        imu = Source("imu", seconds) if self._robot.source.imu_link else _NO_IMU
        moves = {"legs": Source("legs", filtered), "odometry": Source("odometry", seconds)}.get(base, _NO_ODOMETRY)
        smooth = filters and self._spec.joint_velocity == "filtered"
        return {
            "position": joints,
            "velocity": Source("joint_filter", filtered) if smooth else joints,
            "orientation": Source("imu_filter", filtered) if base == "legs" else imu,
            "angular_velocity": imu,
            "base_position": moves,
            "base_velocity": moves,
            "contact": Source(self._spec.contact, filtered) if filters else Source("foot_force", seconds),
        }


def _down(w: float, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Unit vector of gravity in a frame with this orientation."""
    return 2.0 * (w * y - x * z), -2.0 * (y * z + w * x), 2.0 * (x * x + y * y) - 1.0


def _turned(orientation: Quaternion, heading: float) -> Quaternion:
    """An orientation with its heading changed, rad; w-x-y-z."""
    w, x, y, z = orientation
    turn = 0.5 * heading - 0.5 * math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    c, s = math.cos(turn), math.sin(turn)
    return c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w


def _knowledge(source: Source, legs: BaseEstimate | None) -> BaseKnowledge:
    """Uncertainty of base motion; an odometry sensor reports none."""
    if legs is None:
        return _quick_knowledge(source.name, source.age, 0.0, 0.0, 0.0)
    deviations = (legs.position_deviation, legs.heading_deviation, legs.velocity_deviation)
    return _quick_knowledge(source.name, source.age, *deviations)


def _motion_of(robot: RobotSpec) -> BaseEstimator | None:
    """The filters that the robot uses, or None; pinocchio, which takes 50 MB and 0.4 s, is loaded only for these.

    With ``auto``, a computer without pinocchio or the URDF can still use a device that has an odometry sensor.
    """
    spec = robot.estimation
    needed = spec.base == "legs" or spec.contact != "foot_force" or spec.joint_velocity != "measured"
    if spec.base == "odometry" and not needed:
        return None
    try:
        from skill_stack.controllers.estimation.base_estimator import BaseEstimator

        return BaseEstimator(robot)
    except (ImportError, ResourceNotFound):
        if needed:
            raise
        return None
