"""Environment variables of ROS for the stack's processes and commands."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources

REACH, _PEERS, MIDDLEWARE = "ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_STATIC_PEERS", "RMW_IMPLEMENTATION"
_OWN_LOGS = ("ROS_LOG_DIR", "ROS_HOME")
PROFILES = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE")
FASTDDS = "rmw_fastrtps"
_NETWORK = "config/dds/fastdds.xml"
_BEFORE_FASTDDS_3 = ("humble", "jazzy")  # releases that know the second name alone; later ones complain about it
_WHEEL, _WHEEL_OF_FASTDDS_3 = "ros-rmw-fastrtps-cpp", 9  # ROS from pip names no release; 8 is Jazzy, 9 is Kilted


def ros_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Defaults for unset variables: ROS stays on this machine, detects dead processes soon, and can log.

    Args:
        environment: Usually ``os.environ``.
    """
    changed = dict(environment)
    if not environment.get(REACH) and not environment.get(_PEERS):
        changed[REACH] = "LOCALHOST"
    home = Path(environment.get("HOME") or "/")
    if not any(environment.get(name) for name in _OWN_LOGS) and not _takes_writes(home):
        changed["ROS_LOG_DIR"] = str(Path(tempfile.gettempdir()) / "skill_stack" / "ros")
    return {**changed, **_fastdds(changed)}


def loopback_profile(resources: Resources) -> Path:
    """The Fast DDS profile that binds every socket to 127.0.0.1.

    Raises:
        ResourceNotFound: It is missing.
    """
    return resources.find("config/dds/loopback.xml", "DDS profile")


def own_profile(environment: Mapping[str, str], resources: Resources) -> str:
    """The Fast DDS profile of the person, and no file of the stack; empty for none."""
    ours = {str(loopback_profile(resources)), str(resources.find(_NETWORK, "DDS profile"))}
    return next((environment[name] for name in PROFILES if environment.get(name) and environment[name] not in ours), "")


def profile_variable(environment: Mapping[str, str]) -> str:
    """Name of the variable from which this ROS takes a Fast DDS profile."""
    return PROFILES[_before_fastdds_3(environment)]


def _fastdds(environment: Mapping[str, str]) -> dict[str, str]:
    """The Fast DDS profile; nothing where the person has one or uses another middleware."""
    named, reach = environment.get(MIDDLEWARE, ""), environment.get(REACH)
    if named and not named.startswith(FASTDDS):
        return {}
    resources = Resources.from_environment(environment)
    try:
        loopback, network = str(loopback_profile(resources)), str(resources.find(_NETWORK, "DDS profile"))
        if own_profile(environment, resources):
            return {}
    except ResourceNotFound:
        return {}
    given = [environment.get(name) for name in PROFILES]
    here = not environment.get(_PEERS) and (reach == "LOCALHOST" or (reach == "SYSTEM_DEFAULT" and loopback in given))
    told = {profile_variable(environment): loopback if here else network}
    if here:
        # With LOCALHOST the ROS layer opens sockets on every address besides those of the profile, so the profile
        # alone has to keep it here; hence nothing but the middleware that reads it may be loaded.
        told |= {REACH: "SYSTEM_DEFAULT", MIDDLEWARE: named or f"{FASTDDS}_cpp"}
    return told


def _before_fastdds_3(environment: Mapping[str, str]) -> bool:
    """Whether the middleware has only the second name: by the sourced release, else by the wheel."""
    if release := environment.get("ROS_DISTRO"):
        return release in _BEFORE_FASTDDS_3
    try:
        return int(metadata.version(_WHEEL).split(".")[0]) < _WHEEL_OF_FASTDDS_3
    except metadata.PackageNotFoundError:
        return False


def _takes_writes(home: Path) -> bool:
    """Whether ROS can make its log folder in a home, without which it refuses to start."""
    try:
        (home / ".ros" / "log").mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(home / ".ros" / "log", os.W_OK)
