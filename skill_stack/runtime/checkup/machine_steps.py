"""Steps about this machine: the network interface to the robot, versions, permission for real time."""

from __future__ import annotations

import fcntl
import importlib.metadata
import ipaddress
import os
import platform
import resource
import socket
import struct
from pathlib import Path

from skill_stack import __version__
from skill_stack.runtime.checkup.result import Result

_ADDRESS = 0x8915  # SIOCGIFADDR, linux/sockios.h
_UP, _LOOPBACK = 0x1, 0x8  # net/if.h
_PACKAGES = ("numpy", "onnxruntime", "mujoco", "cyclonedds")


def network(interface: str, expected: str, interfaces: Path = Path("/sys/class/net")) -> Result:
    """Whether the interface to the robot is there, up, and has an address in the robot's network.

    Args:
        interface: Its name.
        expected: The robot's network, e.g. ``192.168.123.0/24``; empty when any will do.
        interfaces: Where the kernel lists interfaces.
    """
    available = ", ".join(sorted(path.name for path in interfaces.iterdir())) or "none"
    try:
        flags = int((interfaces / interface / "flags").read_text(), 16)
    except (OSError, ValueError):
        return Result("network", "bad", f"there is no interface '{interface}'", f"name one of {available}")
    if not flags & _UP:
        return Result("network", "bad", f"{interface} is down", f"plug the cable in, then: ip link set {interface} up")
    address = _address(interface)
    if flags & _LOOPBACK:
        return Result("network", "good", f"{interface} is this machine itself, {address}: no robot, but its stand-in")
    if expected and not (address and ipaddress.ip_address(address) in ipaddress.ip_network(expected)):
        example = ipaddress.ip_network(expected)[222]
        advice = f"for example: ip addr add {example}/{expected.rpartition('/')[2]} dev {interface}"
        return Result("network", "bad", f"{interface} has address {address or 'none'}, not in {expected}", advice)
    return Result("network", "good", f"{interface} is up, address {address or 'none'}")


def _address(interface: str) -> str:
    """IPv4 address of an interface, or an empty string."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), _ADDRESS, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])


def versions() -> Result:
    """What runs here."""
    found = [f"skill_stack {__version__}", f"Python {platform.python_version()}", f"Linux {platform.release()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} missing")
    return Result("versions", "good", ", ".join(found))


def real_time() -> Result:
    """Whether the control process may run under SCHED_FIFO."""
    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    if os.geteuid() == 0 or limit > 0 or limit == resource.RLIM_INFINITY:
        return Result("real-time permission", "good", "SCHED_FIFO may be used")
    advice = "add '@realtime - rtprio 90' to /etc/security/limits.d/, join that group, log in again"
    return Result("real-time permission", "bad", "SCHED_FIFO may not be used", advice)
