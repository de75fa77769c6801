"""DynamixelDriver: a hand on a Dynamixel bus; see :class:`skill_stack.core.hardware.Hardware`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from skill_stack.core.block_words import Lease
from skill_stack.core.channels import RobotChannels
from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.hardware import Capabilities, DriverHealth
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.dynamixel.bus import Bus, Silence
from skill_stack.hardware.dynamixel.calibration import offsets_of
from skill_stack.hardware.dynamixel.facts import capabilities_of
from skill_stack.hardware.dynamixel.motors import Motors
from skill_stack.hardware.dynamixel.ports import check_port
from skill_stack.hardware.dynamixel.serial_port import SerialPort
from skill_stack.hardware.dynamixel.settings import DynamixelRobot, DynamixelSettings, place_settings, robot_data

OPEN_AGAIN = 0.5
"""Time between two attempts to open a port that went away, s."""
TRIES = 3
"""How often damping is tried when the bus goes away meanwhile."""


class DynamixelDriver:
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
        self._robot, self._words, self._lease = robot, channels.words, lease
        self._clock, self._sleep = clock, sleep
        self._capabilities = capabilities_of(robot, self._settings)
        self._counts: Counter[str] = Counter()
        self._sample: SensorSample | None = None
        self._lost, self._closed = "", False
        self._resets = self._words.flags().reset
        self._tried = clock()
        self._open()

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Whether robot, settings and this machine fit together, before anything is started; raises DataError."""
        robot_data(robot)
        parsed = place_settings(settings)
        offsets_of(robot, parsed)
        check_port(parsed.port)

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.hardware.Hardware`."""
        return self._capabilities

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.hardware.Hardware`."""
        motors = self._motors
        if motors is None or self._closed:
            return DriverHealth(False, self._lost, self._counts)
        return DriverHealth(motors.ready, motors.reason, self._counts + motors.counts + self._bus.counts)

    def read(self) -> SensorSample | None:
        """The newest measurement; also takes the next step of start-up and looks after single motors."""
        if self._closed:
            return self._sample
        now, resets = self._clock(), self._words.flags().reset
        try:
            motors = self._motors or self._open_again(now)
            if motors is not None:
                motors.turn(now, reset=resets != self._resets)
                self._sample = motors.sample or self._sample
        except (Silence, DataError) as error:
            self._lose(str(error))
        self._resets = resets
        return self._sample

    def write(self, command: JointCommand) -> None:
        """Sends one command; dropped until start-up is over.

        Raises:
            LeaseRefused: The lease is no longer ours.
            ValueError: A number is not finite; the motors were told to let go.
        """
        self._words.check_lease(self._lease)
        motors = self._motors
        if motors is None or not motors.ready or self._closed or command.mode is CommandMode.IDLE:
            return
        try:
            motors.send(command, self._clock())
        except Silence as error:
            self._lose(str(error))
        except Exception:  # whatever went wrong, the motors must not go on with the command before; it is raised again
            motors.let_go()
            raise

    def damp(self) -> None:
        """Sends damping for a while, then switches torque off; see :class:`skill_stack.core.hardware.Hardware`.

        Raises:
            LeaseRefused: The lease is no longer ours.
        """
        self._words.check_lease(self._lease)
        for _ in range(TRIES):
            try:
                motors = self._motors or self._open()
                motors.damp(self._settings.damp_time, self._clock, self._sleep)
                return
            except (Silence, DataError) as error:  # without a bus the motors let go by themselves
                self._lose(str(error))
                self._sleep(self._settings.watchdog)

    def close(self) -> None:
        """Damps, switches torque off and closes the port; another call does nothing."""
        if self._closed:
            return
        try:
            if self._motors is not None:
                self.damp()
        except LeaseRefused:  # somebody else has the hand: nothing to leave behind
            pass
        finally:
            self._closed = True
            if self._motors is not None:
                self._port.close()

    def __enter__(self) -> DynamixelDriver:
        """The driver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it, however the block ended."""
        self.close()

    def _open(self) -> Motors:
        """Opens the port; raises DataError."""
        self._port = SerialPort(self._settings.port, self._settings.baud_rate, self._settings.reply_timeout)
        self._bus = Bus(self._port)
        self._motors: Motors | None = Motors(self._robot, self._data, self._settings, self._bus, self._offsets)
        return self._motors

    def _open_again(self, now: float) -> Motors | None:
        """Tries to open a port that went away, now and then; raises DataError."""
        if now - self._tried < OPEN_AGAIN:
            return None
        self._tried = now
        motors = self._open()
        self._counts["opened_again"] += 1
        return motors

    def _lose(self, why: str) -> None:
        """The device is gone: the port is closed, and opened again when it comes back."""
        self._lost = why
        if self._motors is not None:
            self._counts += self._motors.counts + self._bus.counts
            self._counts["lost"] += 1
            self._port.close()
            self._motors = None
            self._tried = self._clock()
        if self._sample is not None and self._sample.valid:
            self._sample = replace(self._sample, valid=False)
