"""SharedMemoryDriver: hardware served by another process through the same shared block, such as the simulator."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, LeaseRefused, StaleData
from skill_stack.core.joint_command import JointCommand, damping
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels


class SharedMemoryDriver:
    """See :class:`skill_stack.core.robots.hardware.Hardware`."""

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes a lease just granted to its holder.

        Args:
            robot: The robot.
            channels: Its shared block.
            lease: The lease under which this driver writes.
            settings: There are none.
            clock: Monotonic time, s; commands are stamped with it.

        Raises:
            DataError: There are settings.
        """
        if settings:
            raise DataError(f"driver_settings: this driver has none, but was given {', '.join(settings)}")
        self._channels = channels
        self._robot = robot
        self._lease, self._clock = lease, clock
        self._damp_kd = robot.column("damp_kd")
        self._size = robot.size

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=self._robot.control_rate,
            foot_force=bool(self._robot.feet),
            odometry=self._robot.sensors.odometry,
            battery=True,
            temperature=True,
            imu=True,
            when_silent=(
                f"damped by the simulator once a command is older than {self._robot.safety.command_age:g} s; in "
                "lock-step time stands still"
            ),
            start_up="none: commands are obeyed at once",
            shut_down="one damping command",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        try:
            self._channels.words.check_lease(self._lease)
        except LeaseRefused as refused:
            return DriverHealth(False, str(refused))
        device = self._channels.words.registered("simulator")
        return DriverHealth(device.alive, "" if device.alive else "no simulator runs")

    def read(self) -> SensorSample | None:
        """The newest measurement, or None when none can be read."""
        try:
            return self._channels.read_sample()
        except StaleData:
            return None

    def write(self, command: JointCommand) -> None:
        """Sends one command; raises LeaseRefused when another process holds the lease."""
        self._channels.words.check_lease(self._lease)
        self._channels.write_command(command, self._clock())

    def damp(self) -> None:
        """Puts every joint into damping; raises LeaseRefused when another process holds the lease."""
        sample = self.read()
        position = np.zeros(self._size) if sample is None else sample.position
        try:
            last = self._channels.read_command()
        except StaleData:  # its writer died in the middle
            last = None
        sequence = 0 if last is None else last.sequence + 1
        self.write(damping(position, self._damp_kd, sequence, 0 if sample is None else sample.sequence))

    def close(self) -> None:
        """Leaves the device damped, unless another process holds it by now."""
        try:
            self.damp()
        except LeaseRefused:
            pass
