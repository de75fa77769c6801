"""RecoveringDriver: base of drivers of devices on a bus: a lease, and a connection that is restored after a loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from skill_stack.core.errors import DataError, LeaseRefused, StaleData
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import DriverHealth
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels

OPEN_AGAIN = 0.5
"""Time between two attempts to reconnect, s."""
TRIES = 3
"""Attempts to damp when the device is lost meanwhile."""

Connection = TypeVar("Connection")
Driver = TypeVar("Driver", bound="RecoveringDriver")


class RecoveringDriver(ABC, Generic[Connection]):
    """Partial implementation of :class:`skill_stack.core.robots.hardware.Hardware`.

    A connection raises StaleData from whatever it does once the device is gone.
    """

    def __init__(
        self,
        channels: RobotChannels,
        lease: Lease,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        pause: float,
    ) -> None:
        """Connects; raises DataError where the device cannot be reached.

        Args:
            channels: The robot's shared block.
            lease: The lease under which this driver writes.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` and :meth:`close` alone.
            pause: Time between two tries to damp, s.
        """
        self._words, self._lease = channels.words, lease
        self._clock, self._sleep, self._pause = clock, sleep, pause
        self._counts: Counter[str] = Counter()
        self._sample: SensorSample | None = None
        self._lost, self._closed = "", False
        self._tried = clock()
        self._connection: Connection | None = self._connect()

    @property
    @abstractmethod
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""

    @abstractmethod
    def _connect(self) -> Connection:
        """Connects to the device; raises DataError where it cannot be reached."""

    @abstractmethod
    def _disconnect(self, connection: Connection) -> None:
        """Closes a connection; its counters are added to ``_counts``."""

    @abstractmethod
    def _turn(self, connection: Connection, now: float) -> None:
        """One cycle: the next step of start-up, or a measurement into ``_sample``."""

    @abstractmethod
    def _send(self, connection: Connection, command: JointCommand) -> None:
        """Sends one command."""

    @abstractmethod
    def _let_go(self, connection: Connection) -> None:
        """Leaves the device without torque, or damped, at once."""

    @abstractmethod
    def _damp(self, connection: Connection) -> None:
        """Damps for a while and leaves the device without torque, or damped."""

    def read(self) -> SensorSample | None:
        """The newest measurement; also takes the next step of start-up, and reconnects after a loss."""
        if self._closed:
            return self._sample
        now = self._clock()
        try:
            connection = self._connection or self._connect_again(now)
            if connection is not None:
                self._turn(connection, now)
        except (StaleData, DataError) as error:
            self._lose(str(error))
        return self._sample

    def write(self, command: JointCommand) -> None:
        """Sends one command; dropped until start-up is over.

        Raises:
            LeaseRefused: The lease is no longer ours.
            ValueError: A number is not finite; the motors were switched off.
        """
        self._words.check_lease(self._lease)
        connection = self._connection
        if connection is None or self._sample is None or not self.health.drives or command.mode is CommandMode.IDLE:
            return
        try:
            self._send(connection, command)
        except StaleData as error:
            self._lose(str(error))
        except Exception:  # whatever went wrong, the motors must not go on with the command before; it is raised again
            self._let_go(connection)
            raise

    def damp(self) -> None:
        """Damps for a while, then switches torque off; see :class:`skill_stack.core.robots.hardware.Hardware`.

        Raises:
            LeaseRefused: The lease is no longer ours.
        """
        self._words.check_lease(self._lease)
        for _ in range(TRIES):
            try:
                self._connection = self._connection or self._connect()
                self._damp(self._connection)
                return
            except (StaleData, DataError) as error:
                self._lose(str(error))
                self._sleep(self._pause)

    def close(self) -> None:
        """Damps, switches torque off and disconnects; a second call does nothing."""
        if self._closed:
            return
        try:
            if self._connection is not None:
                self.damp()
        except LeaseRefused:  # another process has the device: nothing to damp
            pass
        finally:
            self._closed = True
            if self._connection is not None:
                self._disconnect(self._connection)

    def __enter__(self: Driver) -> Driver:
        """The driver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it, however the block ended."""
        self.close()

    def _connect_again(self, now: float) -> Connection | None:
        """Tries at intervals to reconnect to a lost device; raises DataError."""
        if now - self._tried < OPEN_AGAIN:
            return None
        self._tried = now
        self._connection = self._connect()
        self._counts["opened_again"] += 1
        return self._connection

    def _lose(self, why: str) -> None:
        """Disconnects from a lost device; it is reconnected when it returns."""
        self._lost = why
        if self._connection is not None:
            self._counts["lost"] += 1
            self._disconnect(self._connection)
            self._connection = None
            self._tried = self._clock()
        if self._sample is not None and self._sample.valid:
            self._sample = replace(self._sample, valid=False)
