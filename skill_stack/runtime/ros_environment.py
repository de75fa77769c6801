"""What ROS reads from the environment, as the stack's processes and its command line should have it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources

_OWN_REACH = ("ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_STATIC_PEERS")
_OWN_LOGS = ("ROS_LOG_DIR", "ROS_HOME")
_PROFILES = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE")
_BEFORE_FASTDDS_3 = ("humble", "jazzy")  # releases that know the second name alone; later ones complain about it


def ros_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Fills in what the person left open: ROS stays on this machine, notices dead processes soon, and can log.

    Args:
        environment: Usually ``os.environ``.
    """
    changed = dict(environment)
    if not any(name in changed for name in _OWN_REACH):
        changed["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    home = Path(environment.get("HOME") or "/")
    if not any(environment.get(name) for name in _OWN_LOGS) and not _takes_writes(home):
        changed["ROS_LOG_DIR"] = str(Path(tempfile.gettempdir()) / "skill_stack" / "ros")
    if not any(name in changed for name in _PROFILES):
        try:
            profile = Resources.from_environment(environment).find("config/dds/fastdds.xml", "DDS profile")
        except ResourceNotFound:
            return changed
        changed[_PROFILES[environment.get("ROS_DISTRO") in _BEFORE_FASTDDS_3]] = str(profile)
    return changed


def _takes_writes(home: Path) -> bool:
    """Whether ROS can make its log folder in a home, without which it refuses to start."""
    try:
        (home / ".ros" / "log").mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(home / ".ros" / "log", os.W_OK)
