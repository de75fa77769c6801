"""Joining the robot's DDS network on one network interface, chosen by its owner."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cyclonedds.core import DDSException
from cyclonedds.domain import DomainParticipant
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError

_CONFIGURATION = "CYCLONEDDS_URI"
_MULTICAST_FLAG, _LOOPBACK_FLAG = 0x1000, 0x8  # net/if.h
_RECEIVERS = ("recv", "dq.", "tev")
"""Name prefixes of Cyclone's threads that receive, deliver and acknowledge."""
_PRIORITY = 45  # under SCHED_FIFO: below the control process, which waits for nobody
_PARTICIPANTS = 40
"""Participants of one machine that unicast discovery looks for."""


class NetworkSettings(DataModel):
    """Where the robot is, as the deployment's ``driver_settings`` say.

    Attributes:
        interface: Name of the network interface to the robot, e.g. ``eth0``.
        domain: DDS domain; the robots use 0.
        peers: Addresses to look for when the network has no multicast; the loopback interface also looks on itself.
    """

    interface: str = ""
    domain: int = Field(0, ge=0, le=230)
    peers: tuple[str, ...] = ()


def interfaces() -> tuple[str, ...]:
    """Names of the network interfaces of this machine that are up."""
    return tuple(name for _, name in socket.if_nameindex() if _flags(name) & 1)


def is_loopback(interface: str) -> bool:
    """Whether an interface reaches this machine only; an unstated one may reach any."""
    return bool(_flags(interface) & _LOOPBACK_FLAG)


def check_interface(network: NetworkSettings) -> None:
    """Raises DataError when the interface is not stated, does not exist or is down; lists those that are up."""
    available = ", ".join(interfaces()) or "none"
    if not network.interface:
        raise DataError(
            f"state the network interface to the robot: --interface, or driver_settings.interface; up are: {available}"
        )
    if network.interface not in interfaces():
        raise DataError(f"there is no network interface '{network.interface}' that is up; up are: {available}")


def join(network: NetworkSettings) -> DomainParticipant:
    """Joins the robot's network.

    The interface is settled by the first participant that a process has in a domain, until all of them are gone.

    Args:
        network: Interface, domain and peers.

    Raises:
        DataError: The interface is not stated, does not exist or is down; lists those that are up.
    """
    check_interface(network)
    former = os.environ.get(_CONFIGURATION)
    # The domain belongs to its participants when it is configured this way; as an object of its own it would end with
    # whoever made it.
    os.environ[_CONFIGURATION] = configuration(network)
    try:
        return DomainParticipant(network.domain)
    except DDSException as error:
        raise DataError(f"DDS domain {network.domain} on '{network.interface}' cannot be joined: {error}") from error
    finally:
        if former is None:
            del os.environ[_CONFIGURATION]
        else:
            os.environ[_CONFIGURATION] = former


def raise_priority() -> None:
    """Raises the priority of the receiving threads, where the machine permits it: states must not queue.

    They have names only once they run, which is so when something was received.
    """
    for task in Path("/proc/self/task").iterdir():
        try:
            if (task / "comm").read_text().startswith(_RECEIVERS):
                os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(_PRIORITY))
        except OSError:
            continue


def configuration(network: NetworkSettings) -> str:
    """Cyclone DDS's configuration: one interface; unicast discovery where it has no multicast.

    The loopback interface has both: the vendor's SDK announces itself there by multicast alone, which Linux delivers
    although the interface does not say so.
    """
    flags = _flags(network.interface)
    multicast = bool(flags & (_MULTICAST_FLAG | _LOOPBACK_FLAG)) and not network.peers
    allowed = "default" if multicast else "false"
    peers = network.peers or (("localhost",) if flags & _LOOPBACK_FLAG else ())
    listed = "".join(f"<Peer address={quoteattr(peer)}/>" for peer in peers)
    discovery = f"<ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>{_PARTICIPANTS}"
    return (
        "<CycloneDDS><Domain><General>"
        f"<Interfaces><NetworkInterface name={quoteattr(network.interface)} multicast='{allowed}'/>"
        f"</Interfaces><AllowMulticast>{allowed}</AllowMulticast></General>"
        f"<Discovery>{discovery}</MaxAutoParticipantIndex>{f'<Peers>{listed}</Peers>' if listed else ''}</Discovery>"
        "</Domain></CycloneDDS>"
    )


def _flags(interface: str) -> int:
    try:
        return int(Path("/sys/class/net", interface, "flags").read_text(), 16)
    except (OSError, ValueError):
        return 0
