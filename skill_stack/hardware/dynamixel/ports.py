"""Serial ports of this machine, and the processes that use them."""

from __future__ import annotations

import os
from pathlib import Path

from skill_stack.core.errors import DataError

BY_ID = Path("/dev/serial/by-id")
SLOW_LATENCY = 1
"""Latency of a USB adapter, ms, beyond which a cycle waits for it; the default is 16."""


def check_port(port: str) -> None:
    """Whether a port exists and may be used.

    Raises:
        DataError: It does not, or may not; names what would have worked.
    """
    path = Path(port)
    if not path.exists():
        found = sorted(str(entry) for entry in BY_ID.glob("*")) or sorted(map(str, Path("/dev").glob("ttyUSB*")))
        known = ", ".join(found) or "this machine has no USB serial port"
        raise DataError(f"driver_settings.port: there is no {port}; there is: {known}")
    if not os.access(path, os.R_OK | os.W_OK):
        raise DataError(
            f"driver_settings.port: {port} may not be read and written by this user; "
            "install packaging/udev/99-skill-stack.rules, or add the user to the group 'dialout'"
        )


def latency_of(port: str, devices: Path = Path("/sys/bus/usb-serial/devices")) -> int | None:
    """Latency timer of a USB adapter, ms; None where it has none.

    Args:
        port: The port, or a link to it.
        devices: Folder of the kernel's USB serial devices.
    """
    try:
        return int((devices / Path(port).resolve().name / "latency_timer").read_text())
    except (OSError, ValueError):
        return None


def holders(port: str, processes: Path = Path("/proc")) -> dict[int, str]:
    """Other processes that have a port open, as far as this user may see.

    Args:
        port: The port, or a link to it.
        processes: Folder of the running processes.

    Returns:
        Command names by process number.
    """
    device, found = str(Path(port).resolve()), {}
    for process in processes.glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            if any(os.readlink(entry) == device for entry in (process / "fd").iterdir()):
                found[int(process.name)] = (process / "comm").read_text().strip()
        except OSError:  # it ended, or is somebody else's
            continue
    return found
