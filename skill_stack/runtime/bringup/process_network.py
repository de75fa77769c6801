"""Network interfaces of a process's ROS, as environment variables for its middleware."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from skill_stack.core.errors import DataError
from skill_stack.core.network_interfaces import address_of, check_interface, is_loopback
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.block_name import domain_of
from skill_stack.runtime.bringup.ros_environment import (
    FASTDDS,
    MIDDLEWARE,
    PROFILES,
    REACH,
    loopback_profile,
    own_profile,
    profile_variable,
)

CYCLONE = "rmw_cyclonedds_cpp"
EVERYBODY = "239.255.0.1"
"""Multicast address of DDS discovery (RTPS 2.5, 9.6.1.4)."""
PORT, PER_DOMAIN = 7400, 250
"""Port of it in domain 0, and ports of each domain (RTPS 2.5, 9.6.1.1)."""
_XML = "http://www.eprosima.com"


def process_environment(
    environment: Mapping[str, str], interfaces: Sequence[str], process: str, resources: Resources
) -> dict[str, str]:
    """The environment of a process whose ROS reaches this machine and what named interfaces lead to.

    Fast DDS gets a profile that binds every socket to 127.0.0.1 and to the addresses of the interfaces, and uses
    multicast discovery there; Cyclone DDS gets the interfaces themselves. The addresses are those of now.

    Args:
        environment: Environment of the stack's processes, see ``ros_environment``.
        interfaces: Names of network interfaces; none: the environment as it is.
        process: Name of the process, for errors.
        resources: Where the profile of loopback is found; its overlay takes the new one.

    Raises:
        DataError: An interface does not exist, is down or has no IPv4 address; the person has a profile of their own
            or a middleware whose interfaces cannot be set.
    """
    if not interfaces:
        return dict(environment)
    origin = f"interfaces of '{process}'"
    middleware = environment.get(MIDDLEWARE, "")
    outside = [name for name in interfaces if not is_loopback(name)]
    for name in outside:
        check_interface(name, origin)
    if middleware == CYCLONE:
        listed = "".join(f"<NetworkInterface name={quoteattr(name)}/>" for name in ["lo", *outside])
        uri = f"<CycloneDDS><Domain><General><Interfaces>{listed}</Interfaces></General></Domain></CycloneDDS>"
        return {**environment, REACH: "SUBNET", "CYCLONEDDS_URI": uri}
    if middleware and not middleware.startswith(FASTDDS):
        raise DataError(f"{origin}: they can be set for Fast DDS and Cyclone DDS, and {MIDDLEWARE} is {middleware}")
    if own := own_profile(environment, resources):
        raise DataError(f"{origin}: your own Fast DDS profile {own} decides; name the interfaces there, or unset it")
    profile = resources.overlay / "dds" / f"{'-'.join(outside) or 'lo'}-{domain_of(environment)}.xml"
    addresses = [_address(name, origin) for name in outside]
    text = fastdds_profile(loopback_profile(resources), addresses, domain_of(environment))
    profile.parent.mkdir(parents=True, exist_ok=True)
    if not profile.exists() or profile.read_text() != text:
        profile.write_text(text)
    bare = {name: value for name, value in environment.items() if name not in PROFILES}
    told = {REACH: "SYSTEM_DEFAULT", MIDDLEWARE: middleware or f"{FASTDDS}_cpp", profile_variable(bare): str(profile)}
    return {**bare, **told}


def fastdds_profile(loopback: Path, addresses: Sequence[str], domain: int) -> str:
    """The profile of loopback, with further addresses.

    Args:
        loopback: File of the profile that binds to 127.0.0.1 alone.
        addresses: IPv4 addresses of this machine.
        domain: ROS domain, whose port discovery by multicast uses.

    Returns:
        The XML text.
    """
    ElementTree.register_namespace("", _XML)
    tree = ElementTree.parse(loopback)
    root, name = tree.getroot(), f"{{{_XML}}}"
    allowed, builtin, peers = (
        next(root.iter(f"{name}{tag}")) for tag in ("interfaceWhiteList", "builtin", "initialPeersList")
    )
    for address in addresses:
        ElementTree.SubElement(allowed, f"{name}address").text = address
    builtin.remove(next(root.iter(f"{name}metatrafficUnicastLocatorList")))  # of every allowed interface, by default
    if addresses:
        locator = ElementTree.SubElement(ElementTree.SubElement(peers, f"{name}locator"), f"{name}udpv4")
        ElementTree.SubElement(locator, f"{name}port").text = str(PORT + PER_DOMAIN * domain)
        ElementTree.SubElement(locator, f"{name}address").text = EVERYBODY
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _address(interface: str, origin: str) -> str:
    """IPv4 address of an interface.

    Raises:
        DataError: It has none.
    """
    address = address_of(interface)
    if not address:
        example = f"ip addr add 192.168.123.222/24 dev {interface}"
        raise DataError(f"{origin}: {interface} has no IPv4 address; for example: {example}")
    return address
