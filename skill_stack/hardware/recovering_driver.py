"""RecoveringDriver: what drivers of devices on a bus share: a lease, and a connection that is lost and found again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, Self, TypeVar

from skill_stack.core.errors import DataError, LeaseRefused, StaleData
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels

OPEN_AGAIN = 0.5
"""Time between two attempts to connect to a device that went away, s."""
TRIES = 3
"""How often damping is tried when the device goes away meanwhile."""

Connection = TypeVar("Connection")


class RecoveringDriver(ABC, Generic[Connection]):
    """Half of a :class:`skill_stack.core.robots.hardware.Hardware`.

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

    @abstractmethod
    def _connect(self) -> Connection:
        """Connects to the device; raises DataError where it cannot be reached."""

    @abstractmethod
    def _disconnect(self, connection: Connection) -> None:
        """Closes a connection; whatever it counted goes into ``_counts``."""

    @abstractmethod
    def _turn(self, connection: Connection, now: float) -> None:
        """One cycle: the next step of start-up, or a measurement into ``_sample``."""

    @abstractmethod
    def _damp(self, connection: Connection) -> None:
        """Damps for a while and leaves the device without torque."""

    def read(self) -> SensorSample | None:
        """The newest measurement; also takes the next step of start-up, and connects again to what went away."""
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
        """Damps, switches torque off and disconnects; another call does nothing."""
        if self._closed:
            return
        try:
            if self._connection is not None:
                self.damp()
        except LeaseRefused:  # somebody else has the device: nothing to leave behind
            pass
        finally:
            self._closed = True
            if self._connection is not None:
                self._disconnect(self._connection)

    def __enter__(self) -> Self:
        """The driver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it, however the block ended."""
        self.close()

    def _connect_again(self, now: float) -> Connection | None:
        """Tries to reach a device that went away, now and then; raises DataError."""
        if now - self._tried < OPEN_AGAIN:
            return None
        self._tried = now
        self._connection = self._connect()
        self._counts["opened_again"] += 1
        return self._connection

    def _lose(self, why: str) -> None:
        """The device is gone: it is disconnected, and found again when it comes back."""
        self._lost = why
        if self._connection is not None:
            self._counts["lost"] += 1
            self._disconnect(self._connection)
            self._connection = None
            self._tried = self._clock()
        if self._sample is not None and self._sample.valid:
            self._sample = replace(self._sample, valid=False)
