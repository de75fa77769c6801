"""Network interfaces of this machine: which are up, which are loopback, and their addresses."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path

from skill_stack.core.errors import DataError

INTERFACES = Path("/sys/class/net")
"""Where the kernel lists interfaces."""
_UP, _LOOPBACK, _MULTICAST = 0x1, 0x8, 0x1000  # net/if.h
_ADDRESS = 0x8915  # SIOCGIFADDR, linux/sockios.h


def interfaces() -> tuple[str, ...]:
    """Names of the network interfaces of this machine that are up."""
    return tuple(name for _, name in socket.if_nameindex() if is_up(name))


def is_up(interface: str, listed: Path = INTERFACES) -> bool:
    """Whether an interface exists and is up.

    Args:
        interface: Its name.
        listed: Where the kernel lists interfaces.
    """
    return bool(_flags(interface, listed) & _UP)


def is_loopback(interface: str, listed: Path = INTERFACES) -> bool:
    """Whether an interface reaches this machine only; an unstated one may reach any."""
    return bool(_flags(interface, listed) & _LOOPBACK)


def has_multicast(interface: str) -> bool:
    """Whether an interface passes multicast on.

    Linux delivers multicast on loopback too, although that interface does not report the flag.
    """
    return bool(_flags(interface, INTERFACES) & (_MULTICAST | _LOOPBACK))


def address_of(interface: str) -> str:
    """First IPv4 address of an interface, or an empty string."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), _ADDRESS, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])


def check_interface(interface: str, origin: str) -> None:
    """Checks that an interface is there and up.

    Args:
        interface: Its name.
        origin: What names it, for the message.

    Raises:
        DataError: It does not exist or is down; lists those that are up.
    """
    if not is_up(interface):
        available = ", ".join(interfaces()) or "none"
        raise DataError(f"{origin}: there is no network interface '{interface}' that is up; up are: {available}")


def _flags(interface: str, listed: Path) -> int:
    try:
        return int((listed / interface / "flags").read_text(), 16)
    except (OSError, ValueError):
        return 0
