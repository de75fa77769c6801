"""DynamixelDriver: a hand on a Dynamixel bus; see :class:`skill_stack.core.robots.hardware.Hardware`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.dynamixel.bus import Bus
from skill_stack.hardware.dynamixel.calibration import offsets_of
from skill_stack.hardware.dynamixel.motors import Motors
from skill_stack.hardware.dynamixel.ports import check_port
from skill_stack.hardware.dynamixel.serial_port import SerialPort
from skill_stack.hardware.dynamixel.settings import DynamixelRobot, DynamixelSettings, place_settings, robot_data
from skill_stack.hardware.recovering_driver import RecoveringDriver


class DynamixelDriver(RecoveringDriver[Motors]):
    """One hand. Start-up happens within :meth:`read`; until then samples are invalid and commands are dropped."""

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Opens the port; commands nothing yet.

        Args:
            robot: The robot.
            channels: Its shared block, for the lease and a person's resets.
            lease: The lease under which this driver writes.
            settings: The deployment's ``driver_settings``;
                see :class:`skill_stack.hardware.dynamixel.settings.DynamixelSettings`.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` and :meth:`close` alone.

        Raises:
            DataError: Settings or the robot's section are wrong, or the port cannot be opened.
        """
        self._data: DynamixelRobot = robot_data(robot)
        self._settings: DynamixelSettings = place_settings(settings or {})
        self._offsets = offsets_of(robot, self._settings)
        self._robot = robot
        self._resets = channels.words.flags().reset
        super().__init__(channels, lease, clock, sleep, pause=self._settings.watchdog)

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks robot, settings and this machine, before anything is started; raises DataError."""
        robot_data(robot)
        parsed = place_settings(settings)
        offsets_of(robot, parsed)
        check_port(parsed.port)

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=self._robot.control_rate,
            temperature=True,
            when_silent=(
                f"each motor lets go by itself after {self._settings.watchdog:g} s without a packet on the bus (its "
                "bus watchdog sets the goal current to zero, as the vendor's manual states); else it holds indefinitely"
            ),
            start_up="every motor answers, is of a known model, takes its mode, and stands in its joint's range",
            shut_down="damping for a moment, then torque off",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        motors = self._connection
        if motors is None or self._closed:
            return DriverHealth(False, self._lost, self._counts)
        return DriverHealth(motors.ready, motors.reason, self._counts + motors.counts + self._bus.counts)

    def _connect(self) -> Motors:
        self._port = SerialPort(self._settings.port, self._settings.baud_rate, self._settings.reply_timeout)
        self._bus = Bus(self._port)
        return Motors(self._robot, self._data, self._settings, self._bus, self._offsets)

    def _disconnect(self, connection: Motors) -> None:
        self._counts += connection.counts + self._bus.counts
        self._port.close()

    def _turn(self, connection: Motors, now: float) -> None:
        resets = self._words.flags().reset
        connection.turn(now, reset=resets != self._resets)
        self._resets = resets
        self._sample = connection.sample or self._sample

    def _send(self, connection: Motors, command: JointCommand) -> None:
        connection.send(command, self._clock())

    def _let_go(self, connection: Motors) -> None:
        connection.let_go()

    def _damp(self, connection: Motors) -> None:
        connection.damp(self._settings.damp_time, self._clock, self._sleep)
