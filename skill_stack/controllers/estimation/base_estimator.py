"""BaseEstimator: motion of the base, contacts and joint velocities of a legged robot without an odometry sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from skill_stack.controllers.estimation.attitude_filter import AttitudeFilter, Quaternion, Vector, matrix
from skill_stack.controllers.estimation.contact_estimator import SMOOTHED, ContactEstimator
from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.estimation.heading import Heading
from skill_stack.controllers.estimation.joint_velocity_filter import JointVelocityFilter
from skill_stack.controllers.estimation.leg_kinematics import LegKinematics
from skill_stack.controllers.estimation.leg_odometry import LegOdometry, OdometryStep
from skill_stack.controllers.joint_arithmetic import PLAUSIBLE
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of

GRAVITY = 9.81  # m/s²
LOST = 1e3
"""Standard deviation of an unknown pose, m and rad."""
LONGEST_GAP = 0.25
"""Longest gap between two samples that can be bridged, s: the feet may have stepped meanwhile."""
_SLACK = 1e-4  # s, how much too early a sample may be and still count as the next one
_REST_JOINTS = 0.3  # rad/s, joint speeds below which a robot may rest
_REST_MEAN = 0.1  # s over which they are smoothed: noise of one sample is no motion
_REST_FORCE = 1.0  # m/s², how far the specific force may be from gravity meanwhile
_REST_BASE = 0.05  # m/s by the standing legs, smoothed alike: long legs that lean turn slower than a robot at rest may

Rows = tuple[Vector, Vector, Vector]


class BaseEstimate(NamedTuple):
    """Estimate of the base.

    Attributes:
        task_time: Task time of the measurement, s.
        orientation: In ``odom``, w-x-y-z; the heading begins at zero.
        position: In ``odom``, m; z is the height above the ground under the feet.
        velocity: In the base frame, m/s.
        velocity_deviation: Its standard deviation along x and along y, m/s.
        position_deviation: Standard deviation of the position along x and along y since the begin, m.
        heading_deviation: Standard deviation of the heading since the begin, rad.
        heading_offset: Heading that the IMU reports where that in ``odom`` is zero, rad.
        contact: Whether each foot carries load.
        joint_velocity: Filtered joint velocities, rad/s.
    """

    task_time: float
    orientation: Quaternion
    position: Vector
    velocity: Vector
    velocity_deviation: float
    position_deviation: float
    heading_deviation: float
    heading_offset: float
    contact: list[bool]
    joint_velocity: list[float]


class BasePlace(NamedTuple):
    """Pose of the base at the end of an earlier estimator.

    Attributes:
        task_time: Task time of that, s.
        x: In ``odom``, m.
        y: m.
        heading_offset: Heading that the IMU reports where that in ``odom`` is zero, rad.
        position_deviation: m.
        heading_deviation: rad.
    """

    task_time: float
    x: float
    y: float
    heading_offset: float
    position_deviation: float
    heading_deviation: float

    @classmethod
    def from_state(cls, state: RobotState | None) -> BasePlace:
        """The pose in a state, or an unknown one."""
        if state is None or state.base.source != "legs":
            return cls(-math.inf, 0.0, 0.0, math.nan, LOST, LOST)
        x, y, _ = state.base_position.tolist()
        return cls(state.task_time, x, y, state.heading_offset, state.base.position, state.base.heading)


class BaseEstimator:
    """Passes samples through kinematics, contacts, joint filter, attitude filter and leg odometry.

    Attributes:
        last: The newest estimate, or None before the first sample.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds every filter.

        Args:
            robot: The robot; it needs feet.

        Raises:
            ResourceNotFound: The robot's URDF is not installed.
            DataError: Robot and URDF disagree, or it has no feet.
        """
        spec = robot.estimation
        self._kinematics = LegKinematics(robot)
        self._contacts = ContactEstimator(robot)
        self._joints = JointVelocityFilter(spec, 1.0 / min(robot.control_rate, spec.rate or math.inf))
        self._attitude = AttitudeFilter(spec)
        self._heading = Heading(spec)
        self._spec, self._size = spec, robot.size
        self._odometry = LegOdometry(spec, len(robot.feet))
        self._mount: Rows = matrix(robot.sensors.imu_rotation)
        self._radius = [foot.radius for foot in robot.feet]
        self._rest_speed, self._rest_time = spec.rest_speed, spec.rest_time
        self._interval = 1.0 / spec.rate if spec.rate else 0.0
        self.forget()

    @property
    def foot_loads(self) -> list[float]:
        """Smoothed forces on the feet by joint torques, N, see :class:`ContactEstimator`."""
        return self._contacts.loads

    def forget(self) -> None:
        """Restarts at the origin with the next sample."""
        self._joints.forget()
        self._attitude.forget()
        self._contacts.forget()
        self._still = self._unseen = 0.0
        self._speeds = [0.0] * self._size
        self._goes = [0.0, 0.0]
        self._origin = (0.0, 0.0)
        self._place: BasePlace | None = None
        self.last: BaseEstimate | None = None

    def resume(self, before: RobotState | None) -> None:
        """Continues from the stored pose with the next sample, unless the device restarted meanwhile.

        Args:
            before: The last state that was known of it; None when nothing is, so that the place is unknown.
        """
        self._place = BasePlace.from_state(before)

    def restate(self, position: float, heading: float) -> None:
        """Applies a stated pose; ``odom`` stays, and its pose is known again.

        Args:
            position: Standard deviation of the position, m.
            heading: Standard deviation of the heading, rad.
        """
        self._unseen, self._heading.deviation = position, heading
        x, y, _ = self._odometry.position
        self._origin = (x, y)
        self._odometry.begin_here()

    def update(self, reading: FastEstimate) -> BaseEstimate | None:
        """Takes a reading; one that is invalid, old or implausible changes nothing.

        Args:
            reading: What was measured.

        Returns:
            The newest estimate, or None before the first one.
        """
        last, sample = self.last, reading.sample
        if not reading.valid or sample is None or (last is not None and reading.task_time <= last.task_time):
            return last
        seconds = reading.task_time - last.task_time if last is not None else 0.0
        if last is not None and seconds < self._interval - _SLACK:
            return last
        torque, sensed = sample.torque.tolist(), sample.foot_force.tolist()
        force = _times(self._mount, sample.linear_acceleration.tolist())
        if not sum(map(abs, force)) + self._contacts.looked_at(sensed, torque) < PLAUSIBLE:
            return last
        if seconds > LONGEST_GAP:
            self._attitude.forget()
            self._odometry.lose_footholds()
        self._joints.update(reading.position, reading.velocity, seconds)
        self._kinematics.take(sample.position, self._joints.velocity)
        contact = self._standing(sensed, torque, force, seconds)
        p, q, r = reading.angular_velocity
        rate = (p, q, r)
        if last is None:
            self._begin(reading)
        orientation = self._attitude.update(self._heading.apply(reading.orientation), rate, seconds)
        rows = matrix(orientation)
        if last is None:
            self._set_down(rows)
        a, b, c = _times(rows, force)
        steps = [self._step(foot, rows, rate) if stands else None for foot, stands in enumerate(contact)]
        rests = self._rests(rate, force, steps, seconds)
        self._heading.update(yaw_of(orientation), rests, seconds)
        # All of it at the IMU's place: there the accelerometer needs no angular acceleration.
        self._odometry.update((a, b, c - GRAVITY), seconds, steps, rests)
        if self._odometry.carried:
            self._unseen += self._spec.gap_speed * seconds
        self.last = self._estimate(reading.task_time, orientation, rows, rate, contact)
        return self.last

    def _standing(self, sensed: list[float], torque: list[float], force: Vector, seconds: float) -> list[bool]:
        """Which feet carry load."""
        loads: Sequence[float] = ()
        if self._contacts.needs_torque:
            loads = self._kinematics.loads(torque, self._joints.acceleration, force)
        return self._contacts.update(sensed, loads, seconds or SMOOTHED)

    def _begin(self, reading: FastEstimate) -> None:
        """The first sample: heading zero from now on, or as before."""
        spec, place = self._spec, self._place
        if place is not None and place.task_time <= reading.task_time:
            if math.isnan(place.heading_offset):
                self._heading.begin(yaw_of(reading.orientation), LOST)
                self._unseen = LOST
                return
            gap = reading.task_time - place.task_time
            self._heading.begin(place.heading_offset, place.heading_deviation + spec.heading_drift * gap)
            self._unseen = place.position_deviation + spec.gap_noise + spec.gap_speed * gap
            self._origin = (place.x, place.y)
            return
        self._place = None
        self._heading.begin(yaw_of(reading.orientation))

    def _set_down(self, rows: Rows) -> None:
        """Places the base above the origin or its former position, with its lowest foot on the ground."""
        steps = [self._step(foot, rows, (0.0, 0.0, 0.0)) for foot in range(len(self._radius))]
        x, y, _ = _times(rows, self._kinematics.imu)
        x, y = x + self._origin[0], y + self._origin[1]
        self._odometry.forget((x, y, max(step.height for step in steps)))

    def _step(self, index: int, rows: Rows, rate: Vector) -> OdometryStep:
        """Measurement of the IMU's motion by a standing foot."""
        foot, imu, radius = self._kinematics.foot(index), self._kinematics.imu, self._radius[index]
        (a, b, c), (d, e, f), (g, h, i) = rows
        x, y, z = foot.position
        x, y, z = x - imu[0], y - imu[1], z - imu[2]
        p, q, r = rate
        u, v, w = foot.velocity
        u, v, w = u + q * z - r * y, v + r * x - p * z, w + p * y - q * x
        p, q, r = p + foot.spin[0], q + foot.spin[1], r + foot.spin[2]
        # A ball that rolls: its centre moves by (angular velocity) x (up) * radius.
        rolls_x, rolls_y = radius * (d * p + e * q + f * r), -radius * (a * p + b * q + c * r)
        return OdometryStep(
            a * x + b * y + c * z,
            d * x + e * y + f * z,
            radius - (g * x + h * y + i * z),
            rolls_x - (a * u + b * v + c * w),
            rolls_y - (d * u + e * v + f * w),
            rolls_x,
            rolls_y,
        )

    def _position_deviation(self, x: float, y: float) -> float:
        """Deviation by the filter, by gaps, and by scale and direction errors of the distance."""
        astray = (self._heading.deviation + self._spec.drift) * math.hypot(x - self._origin[0], y - self._origin[1])
        return math.hypot(self._odometry.position_deviation, self._unseen, astray)

    def _rests(self, rate: Vector, force: Vector, steps: Sequence[OdometryStep | None], seconds: float) -> bool:
        """Whether nothing has moved for a while; a robot on its belly rests too."""
        share = min(seconds / _REST_MEAN, 1.0)
        self._speeds = speeds = [old + share * (now - old) for old, now in zip(self._speeds, self._joints.velocity)]
        told = [(step.vx, step.vy) for step in steps if step is not None] or [(0.0, 0.0)]
        self._goes = [old + share * (sum(now) / len(told) - old) for old, now in zip(self._goes, zip(*told))]
        quiet = (
            math.hypot(*rate) < self._rest_speed
            and abs(math.hypot(*force) - GRAVITY) < _REST_FORCE
            and max(speeds) < _REST_JOINTS
            and min(speeds) > -_REST_JOINTS
            and math.hypot(*self._goes) < _REST_BASE
        )
        self._still = self._still + seconds if quiet else 0.0
        return self._still >= self._rest_time

    def _estimate(
        self, time: float, orientation: Quaternion, rows: Rows, rate: Vector, contact: list[bool]
    ) -> BaseEstimate:
        """Transforms the estimate from the IMU back to the base."""
        odometry, (x, y, z), (p, q, r) = self._odometry, self._kinematics.imu, rate
        a, b, c = odometry.position
        i, j, k = _times(rows, (x, y, z))
        u, v, w = odometry.velocity
        first, second, third = rows
        velocity = (
            first[0] * u + second[0] * v + third[0] * w - (q * z - r * y),
            first[1] * u + second[1] * v + third[1] * w - (r * x - p * z),
            first[2] * u + second[2] * v + third[2] * w - (p * y - q * x),
        )
        return BaseEstimate(
            time, orientation, (a - i, b - j, c - k), velocity, odometry.velocity_deviation,
            self._position_deviation(a, b), self._heading.deviation, self._heading.offset,
            contact, self._joints.velocity,
        )  # fmt: skip


def _times(rows: Rows, vector: Sequence[float]) -> Vector:
    """A matrix times a vector."""
    (a, b, c), (d, e, f), (g, h, i) = rows
    x, y, z = vector
    return (a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z)
