"""PartBus: one device serving several parts, each with its own control process and shared block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import joint_prefix
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat
from skill_stack.hardware.command_inlet import CommandInlet, InletOrder

Array = np.ndarray

_CONSTANTS = np.array([0.0, 1.0])  # an IMU that a part does not have reports no motion, and an upright orientation
_OF_THE_BASE = (
    *("orientation", "angular_velocity", "linear_acceleration", "foot_force"),
    *("odometry_position", "odometry_linear", "tracked"),
)


class PartBus:
    """Splits measurements of the whole robot, and merges the commands of its parts.

    Has the interface of the channels of one part, and of their inlet, for
    :class:`skill_stack.hardware.mujoco.simulator_loop.SimulatorLoop`.

    Attributes:
        words: The words of the whole robot.
    """

    def __init__(
        self,
        robot: RobotSpec,
        channels: Sequence[RobotChannels],
        lock_step: bool,
        limits: Sequence[float | None] = (),
    ) -> None:
        """Takes the channels of every part. The joints of a part are limp until it commands.

        Args:
            robot: The whole robot.
            channels: One for each part, in the order of ``robot.parts``.
            lock_step: Whether time waits for the parts; then each gets samples at its own rate.
            limits: Age at which a command of each is too old, s; none where time waits.

        Raises:
            DataError: In lock-step, when the rate of a part does not divide the fastest one.
        """
        self.words = channels[0].common
        self._channels = tuple(channels)
        self._picks = [_pick(robot, part) for part in robot.parts]
        self._joints = [robot.indices(part.joints) for part in robot.parts.values()]
        self._every = [_every(robot, part) if lock_step else 1 for part in robot.parts]
        self._rows = np.zeros((5, robot.size))
        limits = limits or [None] * len(channels)
        parts = [robot.part(name) for name in robot.parts]
        self._inlets = [CommandInlet(*each) for each in zip(channels, parts, limits, strict=True)]
        self._answered = [0] * len(channels)
        self._due = [True] * len(channels)
        self._count = self._number = 0

    @property
    def setpoint_counter(self) -> int:
        """Number of setpoints written so far for all parts."""
        return sum(each.setpoint_counter for each in self._channels)

    def write_measurement(self, measurement: Measurement) -> None:
        """Writes the measurement of every part that is due."""
        everything = np.concatenate((measurement.vector, _CONSTANTS))
        self._number = measurement.sequence
        for place, (channels, pick) in enumerate(zip(self._channels, self._picks)):
            self._due[place] = self._count % self._every[place] == 0
            if self._due[place]:
                own = measurement if place == 0 else measurement._replace(has_odometry=False, yaw=0.0, yaw_rate=0.0)
                channels.write_measurement(own._replace(vector=everything[pick]))
        self._count += 1

    def take(self, now: float) -> InletOrder | None:
        """New orders of any part, as :meth:`skill_stack.hardware.command_inlet.CommandInlet.take`.

        A part whose command has become too old is damped, the others go on. The sample is the newest one once all
        parts have answered it whose turn it was.
        """
        orders = [inlet.take(now) for inlet in self._inlets]
        if not any(orders):
            return None
        for place, order in enumerate(orders):
            if order is not None:
                self._answered[place] = order.sample
                self._rows[:, self._joints[place]] = order.rows.reshape(5, -1)
        waiting = [answer for answer, due in zip(self._answered, self._due) if due and answer != self._number]
        stamp = min(inlet.stamp for inlet in self._inlets)
        at_once = any(order.at_once for order in orders if order is not None)
        number = min(waiting, default=self._number)
        return InletOrder(number, self._rows.flatten(), min(stamp, now), at_once, CommandMode.ACTIVE)

    @property
    def damping(self) -> Array:
        """The command that damps every part, as rows."""
        rows = np.zeros_like(self._rows)
        for inlet, joints in zip(self._inlets, self._joints):
            rows[:, joints] = inlet.damping.reshape(5, -1)
        return rows.ravel()

    def read_setpoint_end(self) -> float:
        """Task time until which the newest setpoints of all parts are valid, s; raises StaleData as for one part."""
        return min(each.read_setpoint_end() for each in self._channels if each.setpoint_counter)


def _every(robot: RobotSpec, part: str) -> int:
    """Number of periods of the fastest part between two samples of another one."""
    rate = robot.part(part).control_rate
    times = round(robot.control_rate / rate)
    if abs(times * rate - robot.control_rate) > 1e-6 * robot.control_rate:
        raise DataError(
            f"in lock-step the rate of part '{part}' ({rate:g} Hz) must divide the fastest one "
            f"({robot.control_rate:g} Hz); it may be anything in real time"
        )
    return times


def _pick(robot: RobotSpec, name: str) -> Array:
    """Index of each number of a part's sample in that of the whole robot, followed by the constants."""
    whole, part = SampleFormat(robot), robot.part(name)
    own, joints = SampleFormat(part), robot.indices(robot.parts[name].joints)
    zero, one = whole.size, whole.size + 1
    pick = np.full(own.size, zero)
    for field in ("position", "velocity", "torque", "temperature"):
        pick[getattr(own, field)] = getattr(whole, field).start + joints
    pick[own.orientation.start] = one
    sensors = [sensor.name for sensor in robot.sensors.touch]
    of_part = joint_prefix(robot, name)
    for place, sensor in enumerate(part.sensors.touch):
        pick[own.touch.start + place] = whole.touch.start + sensors.index(of_part + sensor.name)
    if name == robot.main_part:
        for field in _OF_THE_BASE:
            place = getattr(whole, field)
            pick[getattr(own, field)] = np.arange(place.start, place.stop)
    return pick
