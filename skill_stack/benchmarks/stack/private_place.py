"""A ROS domain and namespaces that a benchmark has for itself."""

from __future__ import annotations

import os
from collections.abc import Mapping


def private_environment(environment: Mapping[str, str], pid: int) -> dict[str, str]:
    """An environment whose ROS stays on this machine, in a domain that others are unlikely to use.

    Args:
        environment: Usually ``os.environ``.
        pid: Process id that the domain is derived from; the environment's own domain is left out.
    """
    domain = 1 + pid % 100
    if str(domain) == environment.get("ROS_DOMAIN_ID"):
        domain = 1 + domain % 100
    private = {name: value for name, value in environment.items() if name != "ROS_STATIC_PEERS"}
    return {**private, "ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}


def private_namespace(part: str) -> str:
    """A namespace of this process.

    Args:
        part: Distinguishes several of them.
    """
    return f"bench_{part}_{os.getpid()}"
