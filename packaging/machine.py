"""What this machine has for building the environment, and what to install when something is missing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

OLDEST = (3, 10)
TOO_NEW = (3, 14)
FREE_GIB = 6


def has_headers() -> bool:
    """Tells whether the headers of the running Python are installed."""
    return Path(sysconfig.get_path("include"), "Python.h").is_file()


def supported() -> bool:
    """Tells whether the running Python is one that the stack supports."""
    return OLDEST <= sys.version_info[:2] < TOO_NEW


def missing() -> tuple[list[str], list[str]]:
    """Looks for what the build needs.

    Returns:
        What is wrong in words, and the apt packages that help.
    """
    troubles, packages = [], []
    version = sys.version_info[:2]
    name = f"python{version[0]}.{version[1]}"
    if not supported():
        troubles.append(f"Python {OLDEST[0]}.{OLDEST[1]} to {TOO_NEW[0]}.{TOO_NEW[1] - 1} is needed, {name} was found")
        name = f"python{OLDEST[0]}.{OLDEST[1]}"
        packages += [name, f"{name}-venv", f"{name}-dev"]
    else:
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            troubles.append(f"{name} has no venv module")
            packages.append(f"{name}-venv")
        if not has_headers():
            troubles.append(f"the headers of {name} are missing (no Python.h)")
            packages.append(f"{name}-dev")
    for tool in ("g++", "make"):
        if shutil.which(tool) is None:
            troubles.append(f"{tool} is missing")
            packages.append(tool)
    return troubles, packages


def unsupported() -> str:
    """Returns why the ROS 2 wheels cannot work here, empty when they can."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ("x86_64", "AMD64"):
        return (
            f"the ROS 2 wheels are for Linux on x86-64, this is {sys.platform} on {machine}: "
            "install ROS 2 from apt and build with colcon instead, see docs/ros.md"
        )
    return ""


def free_gib(folder: Path) -> float:
    """Returns the free space of the disk that holds `folder`, GiB."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize / 2**30
