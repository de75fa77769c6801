"""Byte transport to and from the robot: one topic read, one written."""

from __future__ import annotations

from typing import Any, Protocol

from cyclonedds.core import DDSException
from cyclonedds.domain import DomainParticipant
from cyclonedds.pub import DataWriter
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic

from skill_stack.core.errors import DataError

try:  # the parts of cyclonedds that its own reader and writer are made of; they are not documented
    from cyclonedds._clayer import ddspy_take, ddspy_write
except ImportError:
    ddspy_take = ddspy_write = None

_ANY = 0x7F
"""Every state of samples, views and instances."""


class Inlet(Protocol):
    """A source of messages."""

    def take(self) -> bytes | None:
        """The newest unread message in wire format, or None."""


class Outlet(Protocol):
    """A sink for messages."""

    def send(self, data: bytes) -> bool:
        """Sends a message in wire format, its size a multiple of four; False on failure."""

    @property
    def heard(self) -> bool:
        """Whether there is a subscriber."""


class PackedInlet:
    """Takes messages without deserializing them."""

    def __init__(self, participant: DomainParticipant, topic: str, message: Any, qos: Qos | None = None) -> None:
        """Subscribes to a topic; only the newest message is kept."""
        self.reader = DataReader(participant, Topic(participant, topic, message), qos=qos or newest())
        self._reference = self.reader._ref

    def take(self) -> bytes | None:
        """See :class:`Inlet`."""
        found = ddspy_take(self._reference, _ANY, 1)
        if isinstance(found, int) or not found:
            return None
        data, about = found[0]
        return data if about.valid_data else None


class ObjectInlet:
    """Takes messages through the serializer and converts them back to bytes: slow, but with documented calls only."""

    def __init__(self, participant: DomainParticipant, topic: str, message: Any, qos: Qos | None = None) -> None:
        """Subscribes to a topic; only the newest message is kept."""
        self.reader = DataReader(participant, Topic(participant, topic, message), qos=qos or newest())
        self._message = message

    def take(self) -> bytes | None:
        """See :class:`Inlet`."""
        for sample in self.reader.take(1):
            if isinstance(sample, self._message):
                data: bytes = sample.serialize(use_version_2=False)
                return data
        return None


class PackedOutlet:
    """Sends packed messages."""

    def __init__(self, participant: DomainParticipant, topic: str, message: Any, mark: bytes) -> None:
        """Opens a topic for writing; see :func:`outgoing`."""
        self.writer = DataWriter(participant, Topic(participant, topic, message), qos=outgoing(mark))
        self._reference = self.writer._ref

    def send(self, data: bytes) -> bool:
        """See :class:`Outlet`."""
        return bool(ddspy_write(self._reference, data) >= 0)

    @property
    def heard(self) -> bool:
        """See :class:`Outlet`."""
        return bool(self.writer.get_matched_subscriptions())


class ObjectOutlet:
    """Sends messages through the serializer."""

    def __init__(self, participant: DomainParticipant, topic: str, message: Any, mark: bytes) -> None:
        """Opens a topic for writing; see :func:`outgoing`."""
        self.writer = DataWriter(participant, Topic(participant, topic, message), qos=outgoing(mark))
        self._message = message

    def send(self, data: bytes) -> bool:
        """See :class:`Outlet`."""
        try:
            self.writer.write(self._message.deserialize(data))
        except DDSException:
            return False
        return True

    @property
    def heard(self) -> bool:
        """See :class:`Outlet`."""
        return bool(self.writer.get_matched_subscriptions())


def newest(*more: Any) -> Qos:
    """Quality of service for newest-value data: any sender, last message only."""
    return Qos(Policy.Reliability.BestEffort, Policy.History.KeepLast(1), *more)


def outgoing(mark: bytes) -> Qos:
    """Quality of service for commands: never blocks, and readable for the oldest firmware.

    Args:
        mark: Distinguishes writers of this stack from those of others.
    """
    return Qos(
        Policy.Reliability.Reliable(max_blocking_time=0),  # robots may ask for it
        Policy.History.KeepLast(1),
        Policy.DataRepresentation(use_cdrv0_representation=True, use_xcdrv2_representation=False),
        Policy.Userdata(mark),
    )


def can_pack() -> bool:
    """Whether this version of cyclonedds accepts packed messages."""
    return ddspy_take is not None and ddspy_write is not None


def ends(packed: bool) -> tuple[Any, Any]:
    """Classes of inlet and outlet.

    Args:
        packed: Whether messages are packed by hand.

    Raises:
        DataError: This version of cyclonedds cannot pack.
    """
    if packed and not can_pack():
        raise DataError("this version of cyclonedds takes no packed messages; say packed: false, which is slower")
    return (PackedInlet, PackedOutlet) if packed else (ObjectInlet, ObjectOutlet)
