"""One end of the robot's network: participant, readers and writers as plain objects."""

from __future__ import annotations

import os
from typing import Any

from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.internal import InvalidSample
from cyclonedds.pub import DataWriter
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from cyclonedds.util import duration

# Unicast on one interface, since `lo` may have no multicast; 32 participants are more than a test starts.
_CONFIGURATION = """
<CycloneDDS><Domain Id="any">{threads}
  <General><Interfaces><NetworkInterface name="{interface}" multicast="false"/></Interfaces>
    <AllowMulticast>false</AllowMulticast></General>
  <Discovery><ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>32</MaxAutoParticipantIndex>
    <Peers><Peer address="localhost"/></Peers></Discovery>
</Domain></CycloneDDS>
"""
# What the vendor's SDK joins with, so that its simulators announce themselves by multicast alone, on `lo` too.
_VENDORS = """
<CycloneDDS><Domain Id="any">{threads}
  <General><Interfaces>
    <NetworkInterface name="{interface}" priority="default" multicast="default"/>
  </Interfaces></General>
</Domain></CycloneDDS>
"""
# Whoever brings the messages must be as punctual as who waits for them: a robot's computer does nothing else.
_PRIORITY = 41
_THREAD = (
    """<Thread name="{name}"><Scheduling><Class>realtime</Class><Priority>{priority}</Priority></Scheduling></Thread>"""
)
_THREADS = ("recv", "recvUC", "recvMC", "dq.user", "dq.builtins", "tev")
# What the vendor's robots and programs use by default, but with room for more than one message that was not taken yet.
_STREAM = Qos(Policy.Reliability.Reliable(duration(milliseconds=100)), Policy.History.KeepLast(8))


class Bus:
    """A participant in a domain of its own configuration."""

    def __init__(self, domain: int, interface: str = "lo", *, begin: bool = True, vendors: bool = False) -> None:
        """Joins a domain on one network interface.

        Args:
            domain: Its number.
            interface: Name of the interface.
            begin: Whether this is the first participant of the process, which settles the interface.
            vendors: Whether to join as programs of the vendor's SDK do.
        """
        self._domain = Domain(domain, _configuration(interface, vendors)) if begin else None
        self.participant = DomainParticipant(domain)

    def writer(self, topic: str, kind: type) -> DataWriter:
        """A writer of a topic."""
        return DataWriter(self.participant, Topic(self.participant, topic, kind), qos=_STREAM)

    def reader(self, topic: str, kind: type) -> DataReader:
        """A reader of a topic."""
        return DataReader(self.participant, Topic(self.participant, topic, kind), qos=_STREAM)


def news(reader: DataReader) -> list[Any]:
    """What came since the last look, oldest first; messages that say only that a writer left are dropped."""
    return [sample for sample in reader.take(8) if not isinstance(sample, InvalidSample)]


def _configuration(interface: str, vendors: bool) -> str:
    threads = ""
    if _may_be_punctual():
        threads = "".join(_THREAD.format(name=name, priority=_PRIORITY) for name in _THREADS)
        threads = f"<Threads>{threads}</Threads>"
    return (_VENDORS if vendors else _CONFIGURATION).format(interface=interface, threads=threads)


def _may_be_punctual() -> bool:
    """Whether this machine permits SCHED_FIFO; a thread that is refused it would not begin at all."""
    former, parameter = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
    except OSError:
        return False
    os.sched_setscheduler(0, former, parameter)
    return True
