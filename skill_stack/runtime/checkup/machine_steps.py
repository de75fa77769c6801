"""Checks of this machine: the network interface to the robot, versions, permission for real time."""

from __future__ import annotations

import importlib.metadata
import ipaddress
import os
import platform
import resource
from pathlib import Path

from skill_stack import __version__
from skill_stack.core.errors import DataError
from skill_stack.core.network_interfaces import INTERFACES, address_of, is_loopback, is_up
from skill_stack.hardware.dynamixel.ports import SLOW_LATENCY, check_port, holders, latency_of
from skill_stack.runtime.checkup.result import Result

_CAN = 280  # ARPHRD_CAN, linux/if_arp.h
_PACKAGES = ("numpy", "onnxruntime", "mujoco", "cyclonedds", "dynamixel-sdk", "python-can")


def network(interface: str, expected: str, interfaces: Path = INTERFACES) -> Result:
    """Whether the interface to the robot is there, up, and has an address in the robot's network.

    Args:
        interface: Its name.
        expected: The robot's network, e.g. ``192.168.123.0/24``; empty when any will do.
        interfaces: Where the kernel lists interfaces.
    """
    if not (interfaces / interface).exists():
        available = ", ".join(sorted(path.name for path in interfaces.iterdir())) or "none"
        return Result("network", "bad", f"there is no interface '{interface}'", f"name one of {available}")
    if not is_up(interface, interfaces):
        return Result("network", "bad", f"{interface} is down", f"plug the cable in, then: ip link set {interface} up")
    address = address_of(interface)
    if is_loopback(interface, interfaces):
        return Result("network", "good", f"{interface} is this machine itself, {address}: no robot, but its stand-in")
    if expected and not (address and ipaddress.ip_address(address) in ipaddress.ip_network(expected)):
        example = ipaddress.ip_network(expected)[222]
        advice = f"for example: ip addr add {example}/{expected.rpartition('/')[2]} dev {interface}"
        return Result("network", "bad", f"{interface} has address {address or 'none'}, not in {expected}", advice)
    return Result("network", "good", f"{interface} is up, address {address or 'none'}")


def serial_port(port: str) -> Result:
    """Whether a serial port is there, may be used by this user alone, and hands bytes on at once.

    Args:
        port: The port, e.g. one below ``/dev/serial/by-id``.
    """
    step = "serial port"
    try:
        check_port(port)
    except DataError as error:
        found, _, advice = str(error).partition("; ")
        return Result(step, "bad", found, advice or "plug the adapter in, or name another port")
    others = holders(port)
    if others:
        named = ", ".join(f"{name} (process {number})" for number, name in others.items())
        return Result(step, "bad", f"{port} is held by {named}", "end that program: two cannot share a bus")
    latency = latency_of(port)
    if latency is not None and latency > SLOW_LATENCY:
        advice = "install packaging/udev/99-skill-stack.rules, and plug the adapter in again"
        return Result(step, "bad", f"the adapter keeps bytes for {latency} ms", advice, {"latency, ms": latency})
    return Result(step, "good", f"{port} is there" + (f", latency {latency} ms" if latency is not None else ""))


def can_interface(channel: str, interfaces: Path = INTERFACES) -> Result:
    """Whether a CAN interface is there and up.

    Args:
        channel: Its name.
        interfaces: Where the kernel lists interfaces.
    """
    step = "CAN interface"
    buses = [path.name for path in interfaces.iterdir() if _number(path / "type") == _CAN]
    known = ", ".join(sorted(buses)) or "this machine has none; is the adapter's module loaded?"
    if channel not in buses:
        return Result(step, "bad", f"there is no CAN interface '{channel}'", f"name one of: {known}")
    if not is_up(channel, interfaces):
        advice = f"ip link set {channel} up type can bitrate 1000000 restart-ms 100"
        return Result(step, "bad", f"{channel} is down", advice)
    return Result(step, "good", f"{channel} is up")


def _number(path: Path) -> int:
    """A number of the kernel's, 0 where there is none."""
    try:
        return int(path.read_text(), 0)
    except (OSError, ValueError):
        return 0


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
