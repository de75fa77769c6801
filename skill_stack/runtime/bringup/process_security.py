"""Keys and permissions of a process's ROS (SROS2), as environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import SecurityConfig
from skill_stack.runtime.bringup.process_network import process_environment
from skill_stack.runtime.bringup.processes import ProcessSpec

SECURITY = ("ROS_SECURITY_ENABLE", "ROS_SECURITY_STRATEGY", "ROS_SECURITY_KEYSTORE", "ROS_SECURITY_ENCLAVE_OVERRIDE")
"""Variables of ROS: whether it is secured, what happens without keys, where they are, and whose they are."""
OPERATOR = "operator"
"""Enclave of commands and tools on the command line."""


def enclave_of(namespace: str, name: str) -> str:
    """Path of the enclave of a process, or of :data:`OPERATOR`.

    Args:
        namespace: ROS namespace, without slashes at the ends.
        name: Name of the process.
    """
    return f"/{namespace}/{name}" if namespace else f"/{name}"


def environment_of(environment: Mapping[str, str], spec: ProcessSpec, resources: Resources) -> dict[str, str]:
    """The environment of a process: that of the stack, with its network interfaces and its keys.

    Args:
        environment: Environment of the stack's processes, see ``ros_environment``.
        spec: The process.
        resources: Where DDS profiles are found and written.

    Raises:
        DataError: An interface cannot be used, or it has no keys and must have some.
    """
    told = process_environment(environment, spec.interfaces, spec.name, resources)
    if spec.security is None:
        return told
    enclave = enclave_of(spec.namespace, spec.name)
    secured = security_variables(spec.security, enclave)
    keystore = secured["ROS_SECURITY_KEYSTORE"]
    key = Path(f"{keystore}/enclaves{enclave}/key.pem")
    if spec.security.strategy == "Enforce" and not key.is_file():
        remedy = f"bring it up without 'security', then: skill-stack security keystore {keystore}"
        raise DataError(f"security of '{spec.name}': there is no {key}; {remedy}")
    return {**told, **secured}


def security_variables(security: SecurityConfig, enclave: str) -> dict[str, str]:
    """The variables that make ROS use the keys of an enclave, whatever its command line says.

    Args:
        security: Keystore and strategy.
        enclave: Path of the enclave, with its leading slash.
    """
    keystore = str(Path(security.keystore).expanduser().absolute())
    return dict(zip(SECURITY, ("true", security.strategy, keystore, enclave), strict=True))
