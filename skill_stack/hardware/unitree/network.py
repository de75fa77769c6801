"""Joining the robot's DDS network on one network interface, chosen by its owner."""

from __future__ import annotations

import os
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cyclonedds.core import DDSException
from cyclonedds.domain import DomainParticipant
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.network_interfaces import check_interface, has_multicast, interfaces, is_loopback

_CONFIGURATION = "CYCLONEDDS_URI"
_RECEIVERS = ("recv", "dq.", "tev")
"""Name prefixes of Cyclone's threads that receive, deliver and acknowledge."""
_PRIORITY = 45  # under SCHED_FIFO: below the control process, which waits for nobody
_PARTICIPANTS = 40
"""Participants of one machine that unicast discovery looks for."""


class NetworkSettings(DataModel):
    """Network address of the robot, from the deployment's ``driver_settings``.

    Attributes:
        interface: Name of the network interface to the robot, e.g. ``eth0``.
        domain: DDS domain; the robots use 0.
        peers: Addresses to look for when the network has no multicast; the loopback interface also looks on itself.
    """

    interface: str = ""
    domain: int = Field(0, ge=0, le=230)
    peers: tuple[str, ...] = ()


def check_network(network: NetworkSettings) -> None:
    """Raises DataError when the interface is not stated, does not exist or is down; lists those that are up."""
    if not network.interface:
        available = ", ".join(interfaces()) or "none"
        raise DataError(
            f"state the network interface to the robot: --interface, or driver_settings.interface; up are: {available}"
        )
    check_interface(network.interface, "the robot's network")


def join(network: NetworkSettings) -> DomainParticipant:
    """Joins the robot's network.

    The interface is settled by the first participant that a process has in a domain, until all of them are gone.

    Args:
        network: Interface, domain and peers.

    Raises:
        DataError: The interface is not stated, does not exist or is down; lists those that are up.
    """
    check_network(network)
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
    although the interface does not report the flag.
    """
    multicast = has_multicast(network.interface) and not network.peers
    allowed = "default" if multicast else "false"
    peers = network.peers or (("localhost",) if is_loopback(network.interface) else ())
    listed = "".join(f"<Peer address={quoteattr(peer)}/>" for peer in peers)
    discovery = f"<ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>{_PARTICIPANTS}"
    return (
        "<CycloneDDS><Domain><General>"
        f"<Interfaces><NetworkInterface name={quoteattr(network.interface)} multicast='{allowed}'/>"
        f"</Interfaces><AllowMulticast>{allowed}</AllowMulticast></General>"
        f"<Discovery>{discovery}</MaxAutoParticipantIndex>{f'<Peers>{listed}</Peers>' if listed else ''}</Discovery>"
        "</Domain></CycloneDDS>"
    )
